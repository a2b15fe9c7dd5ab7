import { spawnSync } from 'child_process';

import { raisedIn } from '../../kernels/codeLink';
import { cppProblem } from '../../kernels/cpp';
import { nodeCode } from '../../kernels/javascriptCode';
import { juliaCode } from '../../kernels/juliaCode';
import type { IEntry } from '../../kernels/stringEntries';

/**
 * Kernels that no package ships: what they would be sent, and what their answers would be taken for.
 *
 * Nothing here has met the kernel itself. Those that can be installed are in languages.spec.ts.
 */

const HOSTILE = `/eos/"q' \\ \n $(touch broken) \`id\` é 漢 😀`;

const entry = (name: string, changes: Partial<IEntry> = {}): IEntry => ({
  name,
  type: 'collection',
  did: 'demo:many',
  problem: null,
  files: [{ path: HOSTILE, did: 'demo:odd', pfn: null, size: 1 }],
  manifest: null,
  ...changes
});

describe('the code for Julia', () => {
  const code = juliaCode('put', entry('events'));

  it('holds what is the user’s as digits only', () => {
    expect(code).not.toContain('eos');
    expect(code).not.toContain('events');
    const given = /given = "([0-9a-f]*)"/.exec(code)![1];
    expect(Buffer.from(given, 'hex').toString()).toBe(`${HOSTILE}\0`);
    const name = /name = Symbol\(String\(hex2bytes\("([0-9a-f]*)"\)\)\)/.exec(
      code
    )![1];
    expect(Buffer.from(name, 'hex').toString()).toBe('events');
  });

  it('ends every block that it begins', () => {
    const plain = code.replace(/"(?:[^"\\]|\\.)*"/g, '').replace(/#.*/g, '');
    const count = (words: RegExp) => plain.match(words)?.length ?? 0;
    // `end` in brackets is the last position.
    const ends = count(/\bend\b/g) - count(/:end-1\]/g);
    expect(ends).toBe(count(/\b(?:let|begin|function|if|try)\b/g));
    for (const [open, close] of ['()', '[]'] as const) {
      expect(plain.split(open).length).toBe(plain.split(close).length);
    }
  });

  it('names a list on the disk by digits too', () => {
    const manifest = { path: '/srv/$list.jsonl', count: 7 };
    const many = juliaCode('put', entry('many', { files: null, manifest }));
    const list = /list = "([0-9a-f]*)"/.exec(many)![1];
    expect(Buffer.from(list, 'hex').toString()).toBe('/srv/$list.jsonl\0');
    expect(many).toContain('count = 7');
  });
});

describe('the answer in an error', () => {
  it('is what stands behind the type', () => {
    const type = 'application/vnd.rucio.attached: ';
    expect(raisedIn(`ErrorException: ${type}`)).toBe('');
    expect(raisedIn(`ErrorException: ${type}no`)).toBe('no');
    expect(raisedIn('UndefVarError: x')).toBeNull();
    expect(raisedIn(null)).toBeNull();
  });
});

describe('the code for JavaScript on Node.js', () => {
  // Node.js itself is here, a kernel on it is not: the code runs as its global code.
  const run = (code: string) =>
    spawnSync(
      process.execPath,
      [
        '-e',
        'const vm = require("vm"); globalThis.require = require;' +
          'const steps = JSON.parse(require("fs").readFileSync(0, "utf8"));' +
          'for (const step of steps) try { vm.runInThisContext(step); } catch (error) { console.log(error.name + " " + error.message); }'
      ],
      { input: code, encoding: 'utf8' }
    ).stdout.split('\n');

  it('sets variables, says so, and takes them away', () => {
    const said = run(
      JSON.stringify([
        nodeCode({ dids: [entry('events')], variable_names: [] }),
        'console.log(JSON.stringify(events), events.did)',
        nodeCode({ dids: [], variable_names: ['events'] }),
        'console.log(typeof events)'
      ])
    );
    const answer = said[0].slice('application/vnd.rucio.attached '.length);
    expect(JSON.parse(answer)).toEqual({
      variable_names: ['events'],
      problems: {}
    });
    expect(said[1]).toBe(`${JSON.stringify([HOSTILE])} demo:many`);
    expect(said[3]).toBe('undefined');
  });
});

describe('what a C++ kernel of xeus says', () => {
  const nothing = { error: null, data: {}, stdout: '', stderr: '' };

  it('is in the status, since it keeps what silent code prints to itself', () => {
    expect(cppProblem(nothing, true)).toBeNull();
    expect(cppProblem({ ...nothing, error: 'Error: no' }, true)).toBe(
      'Error: no'
    );
  });

  it('is not taken for a success of one that prints', () => {
    expect(cppProblem(nothing, false)).toBe('The kernel did not run it.');
  });
});
