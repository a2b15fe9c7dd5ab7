import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { IReplicas } from '../../api/types';
import type { DetailsModel } from '../../model/details';
import { formatBytes, formatCount } from '../format';
import { useSignal } from '../signals';
import { CopyButton } from './CopyButton';
import { DetailsSection } from './DetailsSection';
import { byCompleteness, replicaWords } from './replicaWords';

export interface IReplicasProps {
  model: DetailsModel;
  onCopy: (text: string) => void;
  trans: TranslationBundle;
}

/** Which sites have how much of it. */
export function Replicas(props: IReplicasProps): JSX.Element {
  const { model, trans } = props;
  const { replicas } = model;
  useSignal(replicas.changed);
  const list = replicas.value;
  const destinations = model.configuration?.destinations ?? [];
  const mounted = new Set(
    destinations.filter(one => one.mounted).map(one => one.rse)
  );
  const configured = new Set(destinations.map(one => one.rse));
  const items = list && [...list.items].sort(byCompleteness(configured));
  return (
    <DetailsSection
      model={model}
      name="replicas"
      title={trans.__('Replicas by site')}
      caption={items && formatCount(items.length)}
      section={replicas}
      trans={trans}
    >
      {list && items ? (
        <>
          {items.length === 0 && replicas.state === 'ready' && (
            <p className="jp-RucioDetails-empty">
              {trans.__('No site has any of it.')}
            </p>
          )}
          <ul className="jp-RucioReplicas">
            {items.map(one => (
              <Site
                key={one.rse}
                {...props}
                replicas={one}
                place={
                  mounted.has(one.rse)
                    ? trans.__('mounted here')
                    : configured.has(one.rse)
                      ? trans.__('not mounted')
                      : null
                }
              />
            ))}
          </ul>
          {list.isTruncated && (
            <p className="jp-RucioDetails-empty" role="status">
              {list.message ??
                trans.__('There are more; the list was cut here.')}
            </p>
          )}
        </>
      ) : null}
    </DetailsSection>
  );
}

interface ISiteProps extends IReplicasProps {
  replicas: IReplicas;
  /** What it has to do with this Jupyter, or null. */
  place: string | null;
}

function Site(props: ISiteProps): JSX.Element {
  const { replicas, place, onCopy, trans } = props;
  const { word, tone, fraction } = replicaWords(replicas, trans);
  const figures = figuresOf(replicas, trans);
  const percent = fraction === null ? null : Math.round(fraction * 100);
  return (
    <li className="jp-RucioReplica" data-rse={replicas.rse} data-tone={tone}>
      <div className="jp-RucioReplica-line">
        <strong>{replicas.rse}</strong>
        {place && <span className="jp-RucioReplica-place">{place}</span>}
        <span className="jp-RucioReplica-word" data-tone={tone}>
          {word}
        </span>
      </div>
      {percent !== null && (
        <div
          className="jp-RucioReplica-bar"
          role="meter"
          aria-label={trans.__('Share of it at %1', replicas.rse)}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={percent}
          aria-valuetext={figures || word}
        >
          <div style={{ width: `${percent}%` }} />
        </div>
      )}
      {figures && <div className="jp-RucioReplica-figures">{figures}</div>}
      {replicas.pfns?.map(pfn => (
        <div key={pfn} className="jp-RucioReplica-pfn">
          <code>{pfn}</code>
          <CopyButton
            text={pfn}
            label={trans.__('Copy PFN at %1', replicas.rse)}
            onCopy={onCopy}
            trans={trans}
          />
        </div>
      ))}
    </li>
  );
}

/** “5 of 8 files · 1.2 of 3.4 GB”, as far as Rucio has counted. */
function figuresOf(replicas: IReplicas, trans: TranslationBundle): string {
  const { files, available_files, bytes, available_bytes, pfns } = replicas;
  const words: string[] = [];
  if (pfns === undefined && files !== null && available_files !== null) {
    words.push(
      trans._n(
        '%2 of %3 file',
        '%2 of %3 files',
        files,
        formatCount(available_files),
        formatCount(files)
      )
    );
  }
  if (bytes !== null) {
    words.push(
      available_bytes === null || available_bytes === bytes
        ? formatBytes(bytes)
        : trans.__('%1 of %2', formatBytes(available_bytes), formatBytes(bytes))
    );
  }
  return words.join(' · ');
}
