import { LabIcon } from '@jupyterlab/ui-components';

import attachSvg from '../style/icons/attach.svg';
import availableSvg from '../style/icons/available.svg';
import clockSvg from '../style/icons/clock.svg';
import containerSvg from '../style/icons/container.svg';
import datasetSvg from '../style/icons/dataset.svg';
import emptySvg from '../style/icons/empty.svg';
import fileSvg from '../style/icons/file.svg';
import movingSvg from '../style/icons/moving.svg';
import notAvailableSvg from '../style/icons/not-available.svg';
import partialSvg from '../style/icons/partial.svg';
import replicatingSvg from '../style/icons/replicating.svg';
import rucioSvg from '../style/icons/rucio.svg';
import signedOutSvg from '../style/icons/signed-out.svg';
import skippedSvg from '../style/icons/skipped.svg';
import stuckSvg from '../style/icons/stuck.svg';
import unknownSvg from '../style/icons/unknown.svg';
import unreachableSvg from '../style/icons/unreachable.svg';
import uploadingSvg from '../style/icons/uploading.svg';

const icon = (name: string, svgstr: string) =>
  new LabIcon({ name: `rucio-jupyterlab:${name}`, svgstr });

/** The sidebar's. */
export const rucioIcon = icon('rucio', rucioSvg);

export const containerIcon = icon('container', containerSvg);
export const datasetIcon = icon('dataset', datasetSvg);
export const fileIcon = icon('file', fileSvg);

export const availableIcon = icon('available', availableSvg);
export const partialIcon = icon('partial', partialSvg);
export const movingIcon = icon('moving', movingSvg);
export const stuckIcon = icon('stuck', stuckSvg);
export const notAvailableIcon = icon('not-available', notAvailableSvg);
export const emptyIcon = icon('empty', emptySvg);
export const unknownIcon = icon('unknown', unknownSvg);

/** What a transfer is: from the lake, to the lake, from site to site. */
export const downloadingIcon = movingIcon;
export const uploadingIcon = icon('uploading', uploadingSvg);
export const replicatingIcon = icon('replicating', replicatingSvg);

export const attachIcon = icon('attach', attachSvg);

export const clockIcon = icon('clock', clockSvg);
export const signedOutIcon = icon('signed-out', signedOutSvg);
export const unreachableIcon = icon('unreachable', unreachableSvg);
export const skippedIcon = icon('skipped', skippedSvg);
