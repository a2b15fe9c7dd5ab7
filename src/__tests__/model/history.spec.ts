import { StateDB } from '@jupyterlab/statedb';
import type { ReadonlyPartialJSONValue } from '@lumino/coreutils';

import { HistoryModel, type ISearchTerms } from '../../model/history';
import { settled } from '../scripted';

const terms = (text: string, more: Partial<ISearchTerms> = {}) => ({
  text,
  type: 'all' as const,
  conditions: [],
  inside: null,
  ...more
});

describe('recent searches', () => {
  let state: StateDB;
  let history: HistoryModel;

  beforeEach(async () => {
    state = new StateDB();
    history = new HistoryModel(state);
    await history.load();
  });

  const texts = (model = history, instance = 'escape') =>
    model.of(instance).map(one => one.text);
  /** The page is loaded again. */
  const reloaded = async () => {
    await settled();
    const model = new HistoryModel(state);
    await model.load();
    return model;
  };

  it('come newest first, each once, for their instance', () => {
    history.add('escape', terms('demo:a'));
    history.add('escape', terms('demo:b'));
    history.add('other', terms('demo:c'));
    history.add('escape', terms('demo:a'));
    expect(texts()).toEqual(['demo:a', 'demo:b']);
    expect(texts(history, 'other')).toEqual(['demo:c']);
  });

  it('are told apart by all that they are made of', () => {
    history.add('escape', terms('demo:'));
    history.add('escape', terms('demo:', { type: 'file' }));
    history.add(
      'escape',
      terms('demo:', {
        conditions: [[{ key: 'a', operator: 'eq', value: 'b', type: null }]]
      })
    );
    history.add('escape', terms('', { inside: 'demo:archive' }));
    expect(history.of('escape')).toHaveLength(4);
  });

  it('are twenty at most', () => {
    for (let i = 0; i < 25; i++) {
      history.add('escape', terms(`demo:${i}`));
    }
    expect(texts()).toHaveLength(20);
    expect(texts()[0]).toBe('demo:24');
  });

  it('are there again when the page is loaded again, filters and all', async () => {
    const whole = terms('demo:', {
      type: 'dataset',
      conditions: [
        [{ key: 'said', operator: 'ne', value: 'a, "b"', type: 'string' }]
      ]
    });
    history.add('escape', whole);
    expect((await reloaded()).of('escape')).toEqual([whole]);
  });

  it('can be forgotten, one by one and all', async () => {
    for (const text of ['demo:a', 'demo:b', 'demo:c']) {
      history.add('escape', terms(text));
    }
    history.remove('escape', terms('demo:b'));
    expect(texts()).toEqual(['demo:c', 'demo:a']);
    expect(texts(await reloaded())).toEqual(['demo:c', 'demo:a']);
    history.clear('escape');
    expect(texts()).toEqual([]);
    expect(texts(await reloaded())).toEqual([]);
  });

  it('of before join those that were made while they were read', async () => {
    history.add('escape', terms('demo:old'));
    await settled();
    const model = new HistoryModel(state);
    model.add('escape', terms('demo:new'));
    await model.load();
    expect(texts(model)).toEqual(['demo:new', 'demo:old']);
    expect(texts(await reloaded())).toEqual(['demo:new', 'demo:old']);
  });

  it('of another shape are passed over', async () => {
    const kept: unknown = {
      escape: [
        'demo:a',
        { text: 'demo:b' },
        { ...terms('demo:c'), type: 'folder' },
        { ...terms('demo:d'), conditions: [[{ key: 1 }]] },
        terms('demo:e')
      ],
      other: 'nothing'
    };
    await state.save(
      'rucio-jupyterlab:recent-searches',
      kept as ReadonlyPartialJSONValue
    );
    expect(texts(await reloaded())).toEqual(['demo:e']);
  });

  it('go without a state database, too', async () => {
    const model = new HistoryModel();
    model.add('escape', terms('demo:a'));
    await model.load();
    expect(texts(model)).toEqual(['demo:a']);
  });
});
