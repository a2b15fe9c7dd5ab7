import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';

import { type ApiError, ErrorCode } from '../api/errors';
import type {
  DidType,
  IAvailability,
  IDidDetails,
  IDidItem,
  IFileItem,
  IInstance,
  IMetadataKey,
  IReplicas,
  IRule,
  IStreamEnd
} from '../api/types';
import type {
  Connection,
  IAvailabilityEntry,
  IAvailabilityModel,
  IDidKey,
  IInstancesModel,
  IRucioApi
} from '../tokens';
import { Contents } from './contents';
import { onNextFrame, type FrameScheduler } from './frames';
import { RulesModel } from './rules';
import { gather, type IList, Section } from './section';

/** What stands in the way of the details, or that nothing does. */
export type DetailsStanding =
  /** The list of instances is on its way. */
  | 'waiting'
  /** There is no list of instances, and so nobody to ask. */
  | 'no-instances'
  | 'unknown-instance'
  | 'misconfigured'
  | 'signed-out'
  | 'unknown-did'
  | 'ready';

/** Parts of the page that open and close. */
export type SectionName =
  'metadata' | 'replicas' | 'rules' | 'parents' | 'contents' | 'snippet';

/** So many files of a collection are looked at for their formats. */
const EXAMPLES = 100;
/** While data moves, what depends on it is not asked for more often than this. */
const FOLLOW_MS = 2_000;
/** A collection with more children is opened only when the user wants to see them. */
const OPEN_CHILDREN = 1_000;

/** All that is known of one DID of one instance, fetched part by part. */
export class DetailsModel implements IDisposable {
  constructor(options: DetailsModel.IOptions) {
    const { api, instances, availability, instance, did } = options;
    const frames = options.frames ?? onNextFrame;
    this.instance = instance;
    this.did = did;
    this._type = options.type ?? null;
    this._instances = instances;
    this._availability = availability;
    const onOutcome = (error: ApiError | null) => {
      instances.report(instance, error);
    };
    const lists = <T>(
      ask: (signal: AbortSignal) => AsyncGenerator<T[], IStreamEnd>
    ) =>
      new Section<IList<T>>({
        fetch: (signal, show) => gather(ask(signal), { signal, show, frames }),
        onOutcome
      });
    this.overview = new Section({
      fetch: signal => api.did(instance, did, signal),
      onOutcome
    });
    this.metadataKeys = new Section({
      fetch: () => api.metadataKeys(instance)
    });
    this.replicas = lists(signal => api.replicas(instance, did, signal));
    this.rules = new Section({
      fetch: signal => api.rules(instance, did, signal),
      onOutcome
    });
    this.parents = lists(signal => api.parents(instance, did, signal));
    this.examples = lists(signal =>
      api.files(instance, did, { limit: EXAMPLES }, signal)
    );
    this.contents = new Contents({
      did,
      content: (one, signal) => api.content(instance, one, signal),
      onOutcome,
      frames
    });
    this.ruleActions = new RulesModel({ api, availability });
    this.overview.changed.connect(this._onOverviewChanged, this);
    instances.changed.connect(this._onInstancesChanged, this);
    instances.signedIn.connect(this._onSignedIn, this);
    instances.signedOut.connect(this._onSignedOut, this);
    availability.changed.connect(this._onAvailabilityChanged, this);
  }

  readonly instance: string;
  readonly did: string;

  readonly overview: Section<IDidDetails>;
  /** What searches may have conditions on. */
  readonly metadataKeys: Section<IMetadataKey[]>;
  readonly replicas: Section<IList<IReplicas>>;
  readonly rules: Section<IRule[]>;
  /** What is done with the rules from here. */
  readonly ruleActions: RulesModel;
  readonly parents: Section<IList<IDidItem>>;
  /** Some of its files, from which their formats can be told. */
  readonly examples: Section<IList<IFileItem>>;
  readonly contents: Contents;

  /** Anything but what is in the sections changed. */
  readonly changed: Signal<DetailsModel, void> = new Signal(this);

  get standing(): DetailsStanding {
    switch (this._instances.phase) {
      case 'idle':
      case 'loading':
        return 'waiting';
      case 'failed':
        return 'no-instances';
      default:
        break;
    }
    if (this.configuration === undefined) {
      return 'unknown-instance';
    }
    const connection = this._instances.connection(this.instance);
    if (connection === 'misconfigured') {
      return connection;
    }
    if (connection === 'signed-out' || connection === 'expired') {
      return 'signed-out';
    }
    return this.overview.error?.status === 404 ? 'unknown-did' : 'ready';
  }

  /** The instance as it is configured; undefined while, or where, there is none of that name. */
  get configuration(): IInstance | undefined {
    return this._instances.get(this.instance);
  }

  /** null until it is known. */
  get type(): DidType | null {
    return (
      this.overview.value?.type ?? this.availability?.value?.type ?? this._type
    );
  }

  get availability(): IAvailabilityEntry | undefined {
    return this._availability.entry(this.instance, this.did);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    window.clearTimeout(this._following);
    this._watch?.dispose();
    this.ruleActions.dispose();
    for (const section of this._sections) {
      section.dispose();
    }
    Signal.clearData(this);
  }

  /** Whether the page can be seen: only then is it kept up to date. */
  setVisible(isVisible: boolean): void {
    if (isVisible === this._isVisible) {
      return;
    }
    this._isVisible = isVisible;
    void this._instances.load();
    this._begin();
  }

  isOpen(section: SectionName): boolean {
    const chosen = this._isOpen.get(section);
    if (chosen !== undefined) {
      return chosen;
    }
    const children = this.overview.value?.length ?? OPEN_CHILDREN + 1;
    return section !== 'contents' || children <= OPEN_CHILDREN;
  }

  setOpen(section: SectionName, isOpen: boolean): void {
    this._isOpen.set(section, isOpen);
    this.changed.emit();
  }

  /** Fetches all that is shown again. */
  refresh(): void {
    this._availability.refresh(this.instance);
    for (const section of this._sections) {
      if (section.state !== 'idle') {
        void section.reload();
      }
    }
  }

  /** Asks for what is always shown, once there is somebody to ask. */
  private _begin(): void {
    const isWatching = this._isVisible && this.standing === 'ready';
    if (isWatching) {
      void this.overview.ensure();
      this._watch ??= this._availability.watch(this.instance, [this.did]);
    } else {
      this._watch?.dispose();
      this._watch = null;
    }
  }

  private _onOverviewChanged(): void {
    // What Rucio does not know need not be watched.
    this._begin();
    this.changed.emit();
  }

  private _onInstancesChanged(): void {
    const before = this._connection;
    this._connection = this._instances.connection(this.instance);
    if (before !== 'connected' && this._connection === 'connected') {
      this._retry(error => PASSING.has(error.code));
    }
    this._begin();
    this.changed.emit();
  }

  private _onSignedIn(_: IInstancesModel, name: string): void {
    if (name === this.instance) {
      this._retry(() => true);
      this._begin();
    }
  }

  /** What was shown was shown to somebody else. */
  private _onSignedOut(_: IInstancesModel, name: string): void {
    if (name !== this.instance) {
      return;
    }
    for (const section of this._sections) {
      section.forget();
    }
    this.changed.emit();
  }

  private _onAvailabilityChanged(
    _: IAvailabilityModel,
    keys: readonly IDidKey[]
  ): void {
    const isMeant = keys.some(
      key => key.did === this.did && key.instance === this.instance
    );
    if (!isMeant) {
      return;
    }
    const value = this.availability?.value;
    if (value) {
      const before = this._seen;
      this._seen = signature(value);
      if (before !== null && before !== this._seen) {
        this._follow();
      }
    }
    this.changed.emit();
  }

  /** Data has moved: what the page says of rules and replicas has changed with it. */
  private _follow(): void {
    if (this._following !== 0) {
      return;
    }
    const wait = Math.max(0, this._followed + FOLLOW_MS - Date.now());
    this._following = window.setTimeout(() => {
      this._following = 0;
      this._followed = Date.now();
      for (const section of [this.rules, this.replicas]) {
        if (section.state === 'ready' || section.state === 'failed') {
          void section.reload();
        }
      }
    }, wait);
  }

  private _retry(isMeant: (error: ApiError) => boolean): void {
    for (const section of this._sections) {
      if (section.error !== null && isMeant(section.error)) {
        void section.reload();
      }
    }
  }

  private get _sections() {
    return [
      this.overview,
      this.metadataKeys,
      this.replicas,
      this.rules,
      this.parents,
      this.examples,
      this.contents
    ];
  }

  private readonly _instances: IInstancesModel;
  private readonly _availability: IAvailabilityModel;
  private readonly _type: DidType | null;
  private readonly _isOpen = new Map<SectionName, boolean>();
  private _watch: IDisposable | null = null;
  private _isVisible = false;
  private _connection: Connection = 'connected';
  private _seen: string | null = null;
  private _following = 0;
  private _followed = 0;
  private _isDisposed = false;
}

export namespace DetailsModel {
  export interface IOptions {
    api: IRucioApi;
    instances: IInstancesModel;
    availability: IAvailabilityModel;
    instance: string;
    did: string;
    /** As far as it is known already. */
    type?: DidType;
    frames?: FrameScheduler;
  }
}

/** What went wrong for a while, and may go right when there is a connection again. */
const PASSING: ReadonlySet<string> = new Set([
  ErrorCode.rucioUnreachable,
  ErrorCode.notAuthenticated
]);

/** What of an availability also shows in rules and replicas. */
function signature(value: IAvailability): string {
  return JSON.stringify([
    value.state,
    value.files_available,
    value.files_replicating,
    value.files_stuck,
    value.bytes_available,
    value.rule?.id,
    value.rule?.state,
    value.rule?.expires_at
  ]);
}
