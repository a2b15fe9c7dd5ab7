import type { ISessionContext } from '@jupyterlab/apputils';
import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';

import type { ApiError } from './api/errors';
import type {
  IAvailability,
  ICredentialsRequest,
  DidTypeFilter,
  IDidItem,
  IErrorBody,
  FilterGroup,
  IDownloadRequest,
  IInstance,
  IJob,
  IMakeAvailableRequest
} from './api/types';
import type { AttachedNotebook } from './kernels/attachedNotebook';
import type { IKernelLanguages as ILanguages } from './kernels/kernel';
import type { PlansModel } from './model/plan';
import type { TransfersModel } from './model/transfers';

export * from './apiTokens';

/** How far the list of instances has come. */
export type InstancesPhase = 'idle' | 'loading' | 'ready' | 'failed';

/**
 * How an instance stands with Rucio, in the word that the header shows.
 *
 * `expired`: there are credentials, and their time is over.
 */
export type Connection =
  | 'connected'
  | 'expired'
  | 'signed-out'
  | 'unreachable'
  | 'slow'
  | 'misconfigured';

/** What came of reading the configuration again. */
export interface IReloaded {
  readonly added: readonly IInstance[];
  readonly removed: readonly IInstance[];
  /** Those that could not be used before and can be now. */
  readonly mended: readonly IInstance[];
  /** Those that cannot be used. */
  readonly wrong: readonly IInstance[];
}

/** The configured Rucio instances, the active one among them, and who is signed in. */
export interface IInstancesModel extends IDisposable {
  readonly phase: InstancesPhase;
  /** Why there is no list, in phase `failed`. */
  readonly error: ApiError | null;
  readonly items: readonly IInstance[];
  /** The instance that searches and new attachments mean; null while there is none. */
  readonly active: IInstance | null;
  /** Anything about any instance changed. */
  readonly changed: ISignal<IInstancesModel, void>;
  /** Another instance is the active one. */
  readonly activeChanged: ISignal<IInstancesModel, IInstance | null>;
  /**
   * The named instance accepts us now and did not before: somebody signed in, or a fresh token arrived.
   */
  readonly signedIn: ISignal<IInstancesModel, string>;
  /** The user signed out of the named instance: what it showed is not theirs any more. */
  readonly signedOut: ISignal<IInstancesModel, string>;
  get(name: string): IInstance | undefined;
  setActive(name: string): void;
  /** Fetches the list once; later calls give the first one's promise. Never rejects. */
  load(): Promise<void>;
  /** Fetches the list again, as the user wished it. Never rejects. */
  refresh(): Promise<void>;
  /**
   * The same without anybody's having wished it: what cannot be learnt stays as it was, and what Rucio
   * did last stays true. Never rejects.
   */
  look(): Promise<void>;
  /**
   * Has the server read its configuration again. Rejects with an `ApiError`; the list of before then
   * stays.
   */
  reload(): Promise<IReloaded>;
  connection(name: string): Connection;
  /**
   * What stands in the way of working with the instance: that it is unreachable or slow, what is wrong
   * with its configuration, or why the credentials do not do; in this order.
   */
  problem(name: string): IErrorBody | null;
  /** Tries the credentials at Rucio and keeps them when they work. Rejects with an `ApiError`. */
  signIn(name: string, credentials: ICredentialsRequest): Promise<void>;
  signOut(name: string): Promise<void>;
  /** To be told of the outcome of any request to an instance, so that the header stays true. */
  report(name: string, error: ApiError | null): void;
}

export const IInstancesModel = new Token<IInstancesModel>(
  'rucio-jupyterlab:IInstancesModel',
  'The configured Rucio instances, which one is active, and who is signed in.'
);

/** What is known of a DID's availability. */
export interface IAvailabilityEntry {
  /** The last word of the server, with `error` that which came before it failed; undefined before the first. */
  readonly value: IAvailability | undefined;
  /** Whether a request of the user's is on its way and `value` is ahead of the server. */
  readonly pending: boolean;
  /** What went wrong with the last request about it, or null. */
  readonly error: ApiError | null;
  /** Whether `error` refused what the user asked for; it then stays until something moves. */
  readonly isRefused: boolean;
}

/** A DID of an instance. */
export interface IDidKey {
  readonly instance: string;
  readonly did: string;
}

/**
 * The availability of DIDs, for as long as someone watches them.
 *
 * Fed by events and, where events can have been lost, by asking again.
 */
export interface IAvailabilityModel extends IDisposable {
  /** What is known now; undefined where nobody asked yet. */
  get(instance: string, did: string): IAvailability | undefined;
  entry(instance: string, did: string): IAvailabilityEntry | undefined;
  /** Asks (many watchers in one request) and keeps the answer fresh until disposed. */
  watch(instance: string, dids: readonly string[]): IDisposable;
  /** What making DIDs available would mean, before it is done. */
  readonly plans: PlansModel;
  /** Asks again about all that is watched, at once. */
  refresh(instance?: string): void;
  /**
   * Makes a DID available; its state is shown at once and taken back when Rucio refuses.
   * Rejects with an `ApiError`, which `entry` keeps too.
   */
  makeAvailable(
    instance: string,
    request: IMakeAvailableRequest
  ): Promise<void>;
  /**
   * Downloads DIDs to the server's disk, in one job. Where that is how data is made available, their
   * states are shown at once as by `makeAvailable`. Rejects with an `ApiError`.
   */
  download(instance: string, request: IDownloadRequest): Promise<IJob>;
  /** The DIDs whose entries changed, many in one emission. */
  readonly changed: ISignal<IAvailabilityModel, readonly IDidKey[]>;
}

export const IAvailabilityModel = new Token<IAvailabilityModel>(
  'rucio-jupyterlab:IAvailabilityModel',
  'Which DIDs are available, on their way or stuck.'
);

/** What the user asked of a job, and what has not been answered yet. */
export type JobRequest = 'cancel' | 'retry' | 'remove';

/** What is known of a job. */
export interface IJobEntry {
  /** The last word of the server; with `pending` it is ahead of that. */
  readonly job: IJob;
  /** The request of the user's that is on its way, or null. */
  readonly pending: JobRequest | null;
  /** Why the last request was refused, until something else happens to the job. */
  readonly error: ApiError | null;
}

/**
 * The downloads and uploads, for as long as the server keeps them in its list.
 *
 * Fed by events and, where events can have been lost, by asking again. Nothing is asked before someone
 * looks or a job moves.
 */
export interface IJobsModel extends IDisposable {
  /** How far the list has come: `failed` with `error`, and with what came by events nevertheless. */
  readonly state: 'idle' | 'loading' | 'ready' | 'failed';
  readonly error: ApiError | null;
  /** Whether the server has more than it told. */
  readonly isTruncated: boolean;
  /** In no order that means anything. */
  readonly entries: readonly IJobEntry[];
  get(id: string): IJobEntry | undefined;
  /** Fetches the list once. Never rejects. */
  load(): Promise<void>;
  /** Fetches the list again. Never rejects. */
  refresh(): Promise<void>;
  /** Takes over a job that was just begun, before the first event about it comes. */
  take(job: IJob): void;
  /** Each shows what it is to do at once, and takes that back when the server refuses. Rejects with an `ApiError`. */
  cancel(id: string): Promise<void>;
  retry(id: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** Removes all that have ended. Resolves with how many these were. */
  clear(): Promise<number>;
  readonly changed: ISignal<IJobsModel, void>;
  /** A job ended while this page was there to see it. */
  readonly ended: ISignal<IJobsModel, IJob>;
}

export const IJobsModel = new Token<IJobsModel>(
  'rucio-jupyterlab:IJobsModel',
  'The downloads and uploads, and what can be done with them.'
);

export type ITransfersModel = TransfersModel;

export const ITransfersModel = new Token<ITransfersModel>(
  'rucio-jupyterlab:ITransfersModel',
  'Everything that moves or moved: downloads, uploads and replications.'
);

/** A section of the Rucio sidebar. */
export interface IRucioSection {
  readonly id: string;
  /** Translated. */
  readonly title: string;
  /** Sections stand in the order of their ranks; Explore has 100, Notebook 200, Transfers 300. */
  readonly rank: number;
  readonly widget: Widget;
  /** A few words beside the title, kept true by its signal. */
  readonly caption?: ISectionCaption;
  /** Whether it is closed at first, and leaves its room to the others. */
  readonly isClosed?: boolean;
}

export interface ISectionCaption {
  readonly text: string;
  readonly changed: ISignal<unknown, unknown>;
}

/** The sidebar, to which sections are added. */
export interface IRucioPanel {
  /** Adds a section, until the returned disposable is disposed. */
  addSection(section: IRucioSection): IDisposable;
  /** Opens a section, by its id. */
  expandSection(id: string): void;
  /** Whether the sidebar is on the screen. */
  readonly isVisible: boolean;
  readonly visibilityChanged: ISignal<IRucioPanel, boolean>;
}

export const IRucioPanel = new Token<IRucioPanel>(
  'rucio-jupyterlab:IRucioPanel',
  'The Rucio sidebar, to which sections can be added.'
);

/** The DIDs that are attached to the notebook that the user works with. */
export interface IAttachmentsModel {
  /** null while no notebook is open. */
  readonly current: AttachedNotebook | null;
  /** Another notebook is the current one, or anything about it changed. */
  readonly changed: ISignal<IAttachmentsModel, void>;
  /** The notebook of a session; undefined before it has been read. */
  of(sessionContext: ISessionContext): AttachedNotebook | undefined;
  /** A notebook was opened and read. */
  readonly added: ISignal<IAttachmentsModel, AttachedNotebook>;
}

export const IAttachmentsModel = new Token<IAttachmentsModel>(
  'rucio-jupyterlab:IAttachmentsModel',
  'The DIDs that are attached to the current notebook, and their way into its kernel.'
);

export type IKernelLanguages = ILanguages;

export const IKernelLanguages = new Token<IKernelLanguages>(
  'rucio-jupyterlab:IKernelLanguages',
  'The programming languages that variables can be attached in; others can be registered.'
);

/** What is selected in Explore. */
export interface ISelection {
  readonly instance: string;
  readonly item: IDidItem;
  /** The dataset that a file is listed in. */
  readonly parent?: string | null;
}

/** A place, beside Explore, where DIDs are selected. */
export interface ISelectionSource {
  /** While the user touched nothing else since, its selection is what commands act on. */
  readonly node: HTMLElement;
  /** As in `IRucioExplore`. */
  readonly selection: () => ISelection | null;
  readonly selected: () => readonly ISelection[];
  readonly changed?: ISignal<unknown, unknown>;
}

/** What a search has besides its text. */
export interface ISearchOptions {
  type?: DidTypeFilter;
  /** Alternatives of conditions on metadata, of which one has to hold; an empty list for none. */
  filters?: readonly FilterGroup[];
}

/** The search and its results. */
export interface IRucioExplore {
  /** The DID that commands without arguments act on; null where none is selected. */
  readonly selection: ISelection | null;
  readonly selectionChanged: ISignal<IRucioExplore, void>;
  /** All DIDs that are selected, in the order of their rows, the active one among them. */
  readonly selected: readonly ISelection[];
  /** Adds another place to select in, until the returned disposable is disposed. */
  addSource(source: ISelectionSource): IDisposable;
  /** Shows the section and searches; what is left out of the options stays as it is. */
  search(text: string, options?: ISearchOptions): Promise<void>;
  /** Shows what is inside a container, at any depth. */
  searchInside(did: string, options?: ISearchOptions): Promise<void>;
  /** Repeats what had failed. */
  retry(): void;
  /** Puts the cursor into the search field. */
  focus(): void;
}

export const IRucioExplore = new Token<IRucioExplore>(
  'rucio-jupyterlab:IRucioExplore',
  'The search for DIDs in the Rucio sidebar.'
);

/** The user's preferences, at their defaults until they have been read. */
export interface IRucioSettings {
  /** At most so many results of a search; 0 for all. */
  readonly searchLimit: number;
  /** Days until a rule made here ends; 0 for what the instance is configured with. */
  readonly defaultLifetimeDays: number;
  /** In bytes: above it, making available asks first; 0 for never. */
  readonly confirmSizeBytes: number;
  readonly isNotifying: boolean;
}

export const IRucioSettings = new Token<IRucioSettings>(
  'rucio-jupyterlab:IRucioSettings',
  'The preferences of the Rucio extension.'
);
