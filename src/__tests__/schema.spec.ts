/// <reference types="node" />
import { readdirSync, readFileSync } from 'fs';
import { join, resolve } from 'path';

import { CommandIDs } from '../commands';

interface IItem {
  command?: string;
  type?: string;
  selector: string;
  rank: number;
}

interface ISchema {
  'jupyter.lab.menus'?: {
    main?: { id: string; items: { command: string }[] }[];
    context?: IItem[];
  };
  'jupyter.lab.shortcuts'?: {
    command: string;
    keys: string[];
    selector: string;
  }[];
}

const FOLDER = resolve(__dirname, '../../schema');
const schemas = readdirSync(FOLDER).map(
  name => JSON.parse(readFileSync(join(FOLDER, name), 'utf-8')) as ISchema
);
const context = schemas.flatMap(
  schema => schema['jupyter.lab.menus']?.context ?? []
);
const shortcuts = schemas.flatMap(
  schema => schema['jupyter.lab.shortcuts'] ?? []
);
const commands = new Set<string>(Object.values(CommandIDs));

describe('menus and shortcuts', () => {
  it('name commands that there are', () => {
    const named = [
      ...context.flatMap(item => item.command ?? []),
      ...shortcuts.map(shortcut => shortcut.command),
      ...schemas.flatMap(schema =>
        (schema['jupyter.lab.menus']?.main ?? []).flatMap(menu =>
          menu.items.map(item => item.command)
        )
      )
    ];
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter(command => !commands.has(command))).toEqual([]);
  });

  it('have selectors without commas, at which JupyterLab drops the whole menu', () => {
    expect(context.filter(({ selector }) => selector.includes(','))).toEqual(
      []
    );
  });

  it('do not begin or end a group twice', () => {
    const selectors = new Set(context.map(({ selector }) => selector));
    for (const selector of selectors) {
      const items = context
        .filter(item => item.selector === selector)
        .sort((one, other) => one.rank - other.rank);
      items.forEach((item, index) => {
        const next = items[index + 1];
        expect(item.type === 'separator' && next?.type === 'separator').toBe(
          false
        );
      });
    }
  });

  it('take no keys outside of the sidebar but those of the search', () => {
    const global = shortcuts.filter(
      ({ selector }) => !selector.startsWith('.jp-Rucio')
    );
    expect(global.map(({ command }) => command)).toEqual([CommandIDs.search]);
  });

  it('give each key one meaning in a place', () => {
    const places = shortcuts.map(({ selector, keys }) =>
      [selector, ...keys].join(' ')
    );
    expect(new Set(places).size).toBe(places.length);
  });
});
