import type { Kernel } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';

import type { IManifest, IResolvedFile } from '../api/types';
import type { INameRules } from '../model/variableName';

/** A variable as it is sent to a kernel. The names are those of the message. */
export interface IVariable {
  type: 'file' | 'collection';
  variableName: string;
  did: string;
  /** The Rucio instance that the DID is of. */
  instance?: string;
  didAvailable: boolean;
  /**
   * null where there are none, or where the kernel reads them from the manifest. A collection that is
   * partly available has files or a manifest too.
   */
  files: IResolvedFile[] | null;
  manifest?: IManifest;
  /** Why it is not available. */
  message?: string;
}

/** What the kernel says that it has. */
export interface IAcknowledgement {
  readonly accepted: ReadonlySet<string>;
  /** A sentence for each variable that the kernel could not make. */
  readonly problems: ReadonlyMap<string, string>;
  /** The path of a JSON file for each variable that the kernel can read there and does not have. */
  readonly inFiles?: ReadonlyMap<string, string>;
}

/**
 * The files of a variable's manifest from an offset on, for a kernel that does not see the disk on which
 * the list is. Rejects when the server does not give them.
 */
export type FetchPage = (
  variable: IVariable,
  offset: number
) => Promise<readonly IResolvedFile[]>;

/** The way into one run of a kernel; after a restart there is another one. */
export interface IKernelLink extends IDisposable {
  /**
   * Sets variables, after what is running. Resolves when the kernel has said so.
   * Rejects when it was interrupted, restarted or does not understand.
   */
  inject(
    variables: readonly IVariable[],
    fetchPage?: FetchPage
  ): Promise<IAcknowledgement>;
  /** Deletes variables that still hold what was injected. */
  remove(names: readonly string[]): Promise<void>;
  /**
   * The same way into the process that takes the place of this link's, where it is known without asking
   * the kernel: what is sent over it at once is in the queue before what the user runs there.
   */
  again?(): IKernelLink;
  /** The user asked in the kernel for the variables to be sent again. */
  readonly injectRequested: ISignal<IKernelLink, void>;
}

/** What the extension has to know of a programming language. */
export interface IKernelLanguage {
  readonly names: INameRules;
  /** The kinds of files that snippets can read; the last one takes any. */
  readonly formats: readonly ISnippetFormat[];
  /** Finds the best way into a kernel, without the user noticing. Waits for what is running. */
  connect(kernel: Kernel.IKernelConnection): Promise<IKernelLink>;
  /** Code that reads data, or null where there is none to propose. */
  snippet(subject: ISnippetSubject): string | null;
  /** A text, or a list of texts, as it is written in code. */
  literal(value: string | readonly string[]): string;
}

/** A kind of files. */
export interface ISnippetFormat {
  /** A stable word. */
  readonly id: string;
  /** A name of its own, which nobody translates. */
  readonly displayName: string;
  /** In small letters, without the leading dot. */
  readonly extensions: readonly string[];
}

/** What a snippet is about. */
export interface ISnippetSubject {
  /** The variable that holds the data, or is made to. */
  readonly variableName: string;
  readonly did: string;
  readonly type: 'file' | 'collection';
  /** A name from which the format can be told, where the DID's own does not say it. */
  readonly example?: string | null;
  /** The id of a format, where it need not be told from a name. */
  readonly format?: string;
  /** What the code gives the variable: the file's path, or those of the collection's files. */
  readonly value?: string | readonly string[];
  /** Sentences that stand above the code, as comments. */
  readonly notes?: readonly string[];
}

/** The languages that variables can be attached in. */
export interface IKernelLanguages {
  /** By the language's name in a kernel specification, in any case. */
  get(name: string): IKernelLanguage | undefined;
  /** Adds a language, until the returned disposable is disposed. */
  register(name: string, language: IKernelLanguage): IDisposable;
}
