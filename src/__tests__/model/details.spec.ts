import { ApiError } from '../../api/errors';
import type { IRule } from '../../api/types';
import { AvailabilityModel } from '../../model/availability';
import { DetailsModel } from '../../model/details';
import { InstancesModel } from '../../model/instances';
import type { IRucioApi } from '../../tokens';
import { described, replicas, rule } from '../described';
import {
  atOnce,
  availability,
  fault,
  files,
  ScriptedApi,
  settled
} from '../scripted';

const DID = 'demo:dimuon_2021';

const CNAF = replicas('CNAF-DISK', 3);

describe('the details of a DID', () => {
  let api: ScriptedApi;
  let instances: InstancesModel;
  let known: AvailabilityModel;
  let model: DetailsModel;

  const open = (instance = 'escape', did = DID) =>
    new DetailsModel({
      api,
      instances,
      availability: known,
      instance,
      did,
      frames: atOnce
    });

  beforeEach(() => {
    api = new ScriptedApi();
    api.details[DID] = described(DID);
    api.replicaItems = [CNAF];
    instances = new InstancesModel({ api });
    known = new AvailabilityModel({ api, instances });
    model = open();
  });

  afterEach(() => {
    model.dispose();
    known.dispose();
    instances.dispose();
  });

  it('ask nothing of Rucio before the page is seen, and only for what is shown', async () => {
    const did = jest.spyOn(api, 'did');
    const sites = jest.spyOn(api, 'replicas');
    await instances.load();
    expect(did).not.toHaveBeenCalled();
    model.setVisible(true);
    await settled();
    expect(model.standing).toBe('ready');
    expect(model.type).toBe('dataset');
    expect(sites).not.toHaveBeenCalled();
    await model.replicas.ensure();
    await model.replicas.ensure();
    expect(sites).toHaveBeenCalledTimes(1);
    expect(model.replicas.value?.items).toEqual([CNAF]);
  });

  it('fail part by part, and part by part again', async () => {
    model.setVisible(true);
    await settled();
    const rules = jest
      .spyOn(api, 'rules')
      .mockRejectedValueOnce(fault('rucio_bad_answer', 'Rucio failed.'));
    await model.rules.ensure();
    await model.replicas.ensure();
    expect(model.rules.error?.message).toBe('Rucio failed.');
    expect(model.replicas.state).toBe('ready');
    // What failed is not asked for again and again by itself.
    await model.rules.ensure();
    expect(rules).toHaveBeenCalledTimes(1);
    await model.rules.reload();
    expect(model.rules).toMatchObject({ state: 'ready', error: null });
  });

  it('keep what they said while it is asked for again, and when that fails', async () => {
    model.setVisible(true);
    await model.replicas.ensure();
    jest
      .spyOn(api as IRucioApi, 'replicas')
      // eslint-disable-next-line require-yield -- it fails before there is anything
      .mockImplementation(async function* () {
        throw fault('rucio_timeout', 'Rucio is slow.');
      });
    const again = model.replicas.reload();
    expect(model.replicas.state).toBe('loading');
    expect(model.replicas.value?.items).toEqual([CNAF]);
    await again;
    expect(model.replicas.error?.message).toBe('Rucio is slow.');
    expect(model.replicas.value?.items).toEqual([CNAF]);
  });

  it('drop an answer that a newer request has overtaken', async () => {
    const answers: ((rules: IRule[]) => void)[] = [];
    const signals: (AbortSignal | undefined)[] = [];
    jest
      .spyOn(api as IRucioApi, 'rules')
      .mockImplementation((_, __, signal) => {
        signals.push(signal);
        return new Promise(resolve => answers.push(resolve));
      });
    void model.rules.reload();
    void model.rules.reload();
    expect(signals[0]?.aborted).toBe(true);
    answers[1]([]);
    await settled();
    answers[0]([rule('late')]);
    await settled();
    expect(model.rules.value).toEqual([]);
  });

  it('give up what is on its way when the page is closed', async () => {
    model.setVisible(true);
    await settled();
    void model.contents.ensure();
    await settled();
    expect(api.opened[0].did).toBe(DID);
    model.dispose();
    expect(api.opened[0].stream.signal?.aborted).toBe(true);
  });

  it('show the contents as they come', async () => {
    void model.contents.ensure();
    await settled();
    await api.opened[0].stream.send(files(2));
    expect(model.contents).toMatchObject({ state: 'loading', count: 2 });
    await api.opened[0].stream.send(files(3, 2));
    await api.opened[0].stream.end(true);
    expect(model.contents).toMatchObject({
      state: 'ready',
      count: 5,
      isTruncated: true
    });
    expect(model.contents.tree.length).toBe(5);
  });

  it('wait for whoever is not signed in, and come when they are', async () => {
    api.configured[0] = { ...api.configured[0], authenticated: false };
    const did = jest.spyOn(api, 'did');
    model.setVisible(true);
    await settled();
    expect(model.standing).toBe('signed-out');
    expect(did).not.toHaveBeenCalled();

    api.configured[0] = { ...api.configured[0], authenticated: true };
    const signIn = instances.signIn('escape', {
      type: 'userpass',
      params: {}
    });
    await settled();
    await api.signIns[0].answer.give();
    await signIn;
    await settled();
    expect(model.standing).toBe('ready');
    expect(model.overview.value?.did).toBe(DID);
  });

  it('forget what they showed when the user signs out', async () => {
    model.setVisible(true);
    await settled();
    await model.replicas.ensure();
    api.configured[0] = { ...api.configured[0], authenticated: false };
    await instances.signOut('escape');
    expect(model.standing).toBe('signed-out');
    expect(model.overview.value).toBeUndefined();
    expect(model.replicas).toMatchObject({ state: 'idle', value: undefined });
  });

  it('notice in the middle of things that nobody is signed in any more', async () => {
    model.setVisible(true);
    await settled();
    jest
      .spyOn(api, 'rules')
      .mockRejectedValueOnce(fault('not_authenticated', 'The token is over.'));
    await model.rules.ensure();
    expect(model.standing).toBe('signed-out');
  });

  it('say which instance, and which DID, is not there', async () => {
    const elsewhere = open('nowhere');
    elsewhere.setVisible(true);
    await settled();
    expect(elsewhere.standing).toBe('unknown-instance');
    elsewhere.dispose();

    jest.spyOn(api, 'did').mockRejectedValue(
      new ApiError(404, {
        message: 'Rucio has no such data identifier.',
        code: 'unknown_did',
        hint: null,
        rucio: null
      })
    );
    const gone = open('escape', 'demo:gone');
    gone.setVisible(true);
    await settled();
    expect(gone.standing).toBe('unknown-did');
    gone.dispose();
  });

  it('come back by themselves when Rucio does', async () => {
    model.setVisible(true);
    await settled();
    const rules = jest
      .spyOn(api, 'rules')
      .mockRejectedValueOnce(fault('rucio_unreachable', 'Nobody there.'));
    await model.rules.ensure();
    expect(model.rules.state).toBe('failed');
    // Some other request finds that Rucio answers again.
    instances.report('escape', null);
    await settled();
    expect(rules).toHaveBeenCalledTimes(2);
    expect(model.rules.state).toBe('ready');
  });

  it('follow the data while it moves, without asking for every step', async () => {
    jest.useFakeTimers({ doNotFake: ['queueMicrotask'] });
    try {
      model.setVisible(true);
      await settled();
      await model.rules.ensure();
      await model.replicas.ensure();
      const rules = jest.spyOn(api, 'rules');
      const sites = jest.spyOn(api, 'replicas');
      const arrive = (there: number) =>
        known.handleEvent({
          schema_id: 'https://rucio.github.io/jupyterlab/availability/v1',
          instance: 'escape',
          ...availability(DID, there < 3 ? 'replicating' : 'available', {
            files_available: there
          })
        } as never);
      arrive(0);
      jest.advanceTimersByTime(10_000);
      expect(rules).not.toHaveBeenCalled();
      arrive(1);
      arrive(2);
      jest.advanceTimersByTime(0);
      await settled();
      expect(rules).toHaveBeenCalledTimes(1);
      expect(sites).toHaveBeenCalledTimes(1);
      arrive(3);
      jest.advanceTimersByTime(100);
      expect(rules).toHaveBeenCalledTimes(1);
      jest.advanceTimersByTime(2_000);
      await settled();
      expect(rules).toHaveBeenCalledTimes(2);
      // The same word again moves nothing.
      arrive(3);
      jest.advanceTimersByTime(10_000);
      expect(rules).toHaveBeenCalledTimes(2);
    } finally {
      jest.useRealTimers();
    }
  });

  it('are kept fresh only while they can be seen', async () => {
    const watch = jest.spyOn(known, 'watch');
    model.setVisible(true);
    await settled();
    expect(watch).toHaveBeenCalledTimes(1);
    const watching = watch.mock.results[0].value as { isDisposed: boolean };
    model.setVisible(false);
    expect(watching.isDisposed).toBe(true);
  });

  it('open the contents by themselves only where they are few', async () => {
    model.setVisible(true);
    await settled();
    expect(model.isOpen('contents')).toBe(true);
    api.details['demo:huge'] = described('demo:huge', { length: 100_000 });
    const huge = open('escape', 'demo:huge');
    huge.setVisible(true);
    await settled();
    expect(huge.isOpen('contents')).toBe(false);
    huge.setOpen('contents', true);
    expect(huge.isOpen('contents')).toBe(true);
    huge.dispose();
  });

  it('ask again for all that is shown, and for nothing else', async () => {
    model.setVisible(true);
    await settled();
    await model.rules.ensure();
    const rules = jest.spyOn(api, 'rules');
    const sites = jest.spyOn(api, 'replicas');
    model.refresh();
    await settled();
    expect(rules).toHaveBeenCalledTimes(1);
    expect(sites).not.toHaveBeenCalled();
  });
});
