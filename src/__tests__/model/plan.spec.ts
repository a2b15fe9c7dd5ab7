import type { IPlan, IPlanPlace } from '../../api/types';
import { concernsOf, isQuestion } from '../../model/concerns';
import { PlansModel, together } from '../../model/plan';
import { fault, ScriptedApi, settled } from '../scripted';

function place(more: Partial<IPlanPlace> = {}): IPlanPlace {
  return {
    rse: 'EULAKE-1',
    mount_path: '/eos',
    mounted: true,
    bytes_used: 0,
    bytes_limit: 10_000,
    has_quota: true,
    bytes_left: 10_000,
    state: 'not_available',
    files_missing: 3,
    bytes_missing: 3000,
    ...more
  };
}

function plan(more: Partial<IPlan> = {}): IPlan {
  return {
    items: [{ did: 'demo:a', type: 'dataset', files: 3, bytes: 3000 }],
    files: 3,
    bytes: 3000,
    places: [place()],
    sources: [{ rse: 'DESY-DISK', files: 3, available_files: 3 }],
    lifetime_days: 7,
    message: null,
    ...more
  };
}

describe('what making available would mean', () => {
  let api: ScriptedApi;
  let plans: PlansModel;

  beforeEach(() => {
    jest.useFakeTimers();
    api = new ScriptedApi();
    plans = new PlansModel(api);
  });

  afterEach(() => jest.useRealTimers());

  it('is asked once, until it is old or something moves', async () => {
    const first = plans.fetch('escape', ['demo:a']);
    const second = plans.fetch('escape', ['demo:a']);
    expect(plans.get('escape', ['demo:a'])?.state).toBe('loading');
    await api.planned[0].answer.give(plan());
    expect((await first).value?.files).toBe(3);
    expect((await second).value?.files).toBe(3);
    await plans.fetch('escape', ['demo:a']);
    expect(api.planned).toHaveLength(1);

    jest.advanceTimersByTime(31_000);
    expect(plans.get('escape', ['demo:a'])).toBeUndefined();
    void plans.fetch('escape', ['demo:a']);
    expect(api.planned).toHaveLength(2);
    await api.planned[1].answer.give(plan());
    plans.forget('escape');
    void plans.fetch('escape', ['demo:a']);
    expect(api.planned).toHaveLength(3);
  });

  it('that could not be learnt is asked for again by who wants it next', async () => {
    void plans.fetch('escape', ['demo:a']);
    await api.planned[0].answer.refuse(fault('rucio_timeout'));
    expect(plans.get('escape', ['demo:a'])?.error?.code).toBe('rucio_timeout');
    void plans.fetch('escape', ['demo:a']);
    expect(api.planned).toHaveLength(2);
  });

  it('for more than fits into one request is put together', async () => {
    const dids = Array.from(
      { length: 40 },
      (_, i) => `demo:${'x'.repeat(200)}${i}`
    );
    const done = plans.fetch('escape', dids);
    await settled();
    expect(api.planned.length).toBeGreaterThan(1);
    expect(api.planned.flatMap(one => one.dids)).toEqual(dids);
    for (const { answer } of api.planned) {
      await answer.give(plan());
    }
    const count = api.planned.length;
    expect((await done).value).toMatchObject({
      files: 3 * count,
      bytes: 3000 * count,
      sources: [
        {
          rse: 'DESY-DISK',
          files: 3 * count,
          available_files: 3 * count
        }
      ]
    });
  });

  it.each([
    ['available', 'available', 'available'],
    ['available', 'empty', 'available'],
    ['available', 'not_available', 'partial'],
    ['not_available', 'empty', 'not_available'],
    ['available', 'replicating', 'replicating'],
    ['stuck', 'replicating', 'stuck']
  ] as const)('of what is %s and what is %s is %s', (one, other, both) => {
    const sum = together([
      plan({ places: [place({ state: one })] }),
      plan({ places: [place({ state: other })], files: null })
    ]);
    expect(sum.places[0].state).toBe(both);
    expect(sum.files).toBeNull();
  });
});

describe('what speaks against making available', () => {
  const of = (more: Partial<IPlanPlace>, planned: Partial<IPlan> = {}) =>
    concernsOf(plan(planned), place(more), 5000);

  it.each([
    ['nothing', {}, {}, []],
    ['a quota that does not suffice', { bytes_left: 2999 }, {}, ['over-quota']],
    ['no quota at all', { has_quota: false, bytes_left: 0 }, {}, ['no-quota']],
    ['no limit', { bytes_left: null, bytes_limit: null }, {}, []],
    ['a size that is large', {}, { bytes: 5001 }, ['large']],
    ['a mount that is missing', { mounted: false }, {}, ['not-mounted']],
    ['no site that has it', {}, { sources: [] }, ['no-source']],
    [
      'nothing where a rule is there already',
      { state: 'replicating', bytes_left: 0 },
      { bytes: 9000 },
      []
    ]
  ] as const)('is %s', (_, more, planned, concerns) => {
    expect(of(more, planned as Partial<IPlan>)).toEqual(concerns);
  });

  const intent = {
    plan: plan(),
    rse: undefined,
    places: 1,
    knownBytes: 0,
    largeBytes: 5000
  };

  it('is asked about only where it has to be', () => {
    expect(isQuestion(intent)).toBe(false);
    expect(isQuestion({ ...intent, places: 2 })).toBe(true);
    expect(isQuestion({ ...intent, places: 2, rse: 'EULAKE-1' })).toBe(false);
    expect(isQuestion({ ...intent, plan: plan({ bytes: 6000 }) })).toBe(true);
    expect(
      isQuestion({ ...intent, plan: plan({ bytes: 6000 }), largeBytes: 0 })
    ).toBe(false);
    // Without a plan the size that the list says has to do.
    expect(isQuestion({ ...intent, plan: null })).toBe(false);
    expect(isQuestion({ ...intent, plan: null, knownBytes: 6000 })).toBe(true);
  });
});
