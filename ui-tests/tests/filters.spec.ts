import { register } from './catalogue';
import { filterBy, dids, type IRow, offered } from './exploring';
import { expect, test, type RucioPanel } from './fixtures';

/** Finding data by what their metadata say, whatever that is. */

test.use({ signedIn: ['escape'] });

/** In identifiers, so that a run finds its own data only. */
const STORY = `find_${Date.now().toString(36)}`;

function expectRows(panel: RucioPanel, names: string[]): Promise<void> {
  return expect
    .poll(async () => (await dids(panel)).sort())
    .toEqual(names.map(name => `demo:${STORY}_${name}`).sort());
}

test.beforeAll(async () => {
  // Columns of Rucio's are version, run_number and datatype; the others are JSON.
  const known: Record<string, Record<string, unknown>> = {
    a: {
      version: '5',
      run_number: 100,
      said: 'it\'s "q", a=b',
      level: '5',
      n: 5,
      good: true,
      taken: '2021-05-01'
    },
    b: {
      version: 'v=1, "final"',
      run_number: 200,
      said: 'it\'s "q", a=c',
      level: '5x',
      n: 5.5,
      good: false,
      taken: '2022-05-01'
    },
    c: {
      version: 'données β',
      said: 'données, β = 粒子',
      n: -3,
      level: 'true'
    },
    d: { run_number: 300 }
  };
  for (const [name, metadata] of Object.entries(known)) {
    await register('dataset', `demo:${STORY}_${name}`, metadata);
  }
});

const stories: [string, IRow[][], string[]][] = [
  [
    'a text with quotes, a comma and an equal sign',
    [[{ key: 'said', value: 'it\'s "q", a=b' }]],
    ['a']
  ],
  [
    'the same in a column of Rucio’s own',
    [[{ key: 'version', value: 'v=1, "final"' }]],
    ['b']
  ],
  [
    'letters of other scripts',
    [[{ key: 'said', value: 'données, β = 粒子' }]],
    ['c']
  ],
  ['a pattern', [[{ key: 'said', value: 'it\'s "q"*' }]], ['a', 'b']],
  ['a number', [[{ key: 'n', operator: '>', value: '5' }]], ['b']],
  [
    'a text that looks like a number, and is said to be none',
    [[{ key: 'level', value: '5', type: 'Text' }]],
    ['a']
  ],
  [
    'a text that looks like yes or no',
    [[{ key: 'level', value: 'true', type: 'Text' }]],
    ['c']
  ],
  ['yes or no', [[{ key: 'good', operator: '≠', value: 'true' }]], ['b']],
  [
    'both kinds of metadata at once',
    [
      [
        { key: 'run_number', operator: '≤', value: '200' },
        { key: 'good', value: 'false' }
      ]
    ],
    ['b']
  ],
  [
    'alternatives',
    [
      [{ key: 'run_number', value: '300' }],
      [
        { key: 'n', operator: '<', value: '0' },
        { key: 'level', value: 'true', type: 'Text' }
      ]
    ],
    ['c', 'd']
  ],
  [
    'an ISO date in JSON, in its order',
    [[{ key: 'taken', operator: '<', value: '2022-01-01' }]],
    ['a']
  ],
  [
    'the day it was made',
    [
      [
        {
          key: 'created_at',
          value: new Date().toISOString().slice(0, 10)
        }
      ]
    ],
    ['a', 'b', 'c', 'd']
  ],
  [
    'another day',
    [[{ key: 'created_at', operator: '<', value: '2020-01-01' }]],
    []
  ]
];
for (const [what, groups, found] of stories) {
  test(what, async ({ panel }) => {
    await panel.field.fill(`demo:${STORY}_*`);
    await filterBy(panel, groups);
    if (found.length === 0) {
      await expect(panel.root).toContainText('with these filters');
    } else {
      await expectRows(panel, found);
    }
  });
}

test('what cannot be searched for is said at the row, and at the filters', async ({
  panel
}) => {
  await panel.field.fill(`demo:${STORY}_*`);
  // Before the keys are known, a number is told from a text by the server only.
  await panel.root.getByRole('button', { name: /^Filters/ }).click();
  await panel.root.getByRole('combobox', { name: 'Metadata key' }).fill('run');
  await expect(offered(panel.page, 'run_number')).toBeVisible();
  await filterBy(panel, [[{ key: 'run_number', value: 'many' }]]);
  const filters = panel.root.getByRole('group', {
    name: 'Filters on metadata'
  });
  await expect(filters).toContainText('That is no number');
  // A fraction is a number, but Rucio’s server part knows the column better.
  await filterBy(panel, [[{ key: 'run_number', value: '1.5' }]]);
  await expect(filters.getByRole('alert')).toContainText('whole numbers');
  await filterBy(panel, [[{ key: 'run_number', value: '100' }]]);
  await expect(filters.getByRole('alert')).toBeHidden();
  await expectRows(panel, ['a']);
});
