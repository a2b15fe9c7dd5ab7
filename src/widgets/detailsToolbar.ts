import type { TranslationBundle } from '@jupyterlab/translation';
import {
  CommandToolbarButton,
  ReactiveToolbar,
  refreshIcon
} from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import type { Widget } from '@lumino/widgets';

import { CommandIDs } from '../commands';
import type { DetailsModel } from '../model/details';

const REFRESH = 'refresh';

/** What can be done with the DID of a page of details. What has no room goes behind “…”. */
export function detailsToolbar(options: {
  model: DetailsModel;
  commands: CommandRegistry;
  trans: TranslationBundle;
}): ReactiveToolbar {
  const { model, commands, trans } = options;
  const toolbar = new ReactiveToolbar();
  toolbar.node.setAttribute(
    'aria-label',
    trans.__('What can be done with %1', model.did)
  );
  // A button without a command says of itself that it is pressed or not, which this one never is.
  const own = new CommandRegistry();
  own.addCommand(REFRESH, {
    icon: refreshIcon,
    caption: trans.__('Ask Rucio again'),
    describedBy: { args: { type: 'object', properties: {} } },
    execute: () => model.refresh()
  });
  let items: Widget[] = [];
  let shown: string | null | undefined;
  const fill = () => {
    // What the commands say of themselves depends on the type.
    const { type } = model;
    if (shown === type) {
      return;
    }
    shown = type;
    items.forEach(item => item.dispose());
    items = [];
    const add = (name: string, item: Widget) => {
      items.push(item);
      toolbar.addItem(name, item);
    };
    const args: ReadonlyJSONObject = {
      did: model.did,
      instance: model.instance,
      ...(type && { type })
    };
    for (const [id, label] of buttons(trans, type === 'container')) {
      add(id, new CommandToolbarButton({ commands, id, args, label }));
    }
    add(REFRESH, new CommandToolbarButton({ commands: own, id: REFRESH }));
  };
  fill();
  model.changed.connect(fill);
  return toolbar;
}

function buttons(
  trans: TranslationBundle,
  isContainer: boolean
): [string, string][] {
  const inside: [string, string][] = [
    [CommandIDs.searchInside, trans.__('Search inside')]
  ];
  return [
    [CommandIDs.makeAvailableAs, trans.__('Make available…')],
    [CommandIDs.attach, trans.__('Attach…')],
    [CommandIDs.copyDid, trans.__('Copy DID')],
    [CommandIDs.insertDidSnippet, trans.__('Insert snippet')],
    ...(isContainer ? inside : []),
    [CommandIDs.openInWebui, trans.__('Open in web UI')]
  ];
}
