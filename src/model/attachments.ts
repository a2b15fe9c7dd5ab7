import {
  JSONExt,
  type JSONObject,
  type PartialJSONValue
} from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import { parseDid } from './did';

/** The key in a notebook's metadata. */
export const METADATA_KEY = 'rucio_attachments';

export type AttachmentType = 'file' | 'collection';

/** A DID under the name of a variable. */
export interface IAttachment {
  readonly did: string;
  readonly type: AttachmentType;
  readonly variableName: string;
  /** The Rucio instance; null means the active one, as in notebooks of before. */
  readonly instance: string | null;
}

/** Why an entry of the metadata is none. */
export type EntryFault =
  'not_a_list' | 'not_an_entry' | 'no_did' | 'no_variable_name' | 'name_twice';

/** One entry of the metadata, understood or not. */
export interface IEntry {
  /** Where it stands in the list. */
  readonly index: number;
  /** What stands there; it is written back as it is. */
  readonly raw: PartialJSONValue;
  /** null where it cannot be understood. */
  readonly attachment: IAttachment | null;
  readonly fault: EntryFault | null;
}

/** What is needed of a notebook's model. */
export interface IMetadataStore {
  getMetadata(key: string): unknown;
  setMetadata(key: string, value: unknown): void;
  deleteMetadata(key: string): void;
  readonly metadataChanged: ISignal<unknown, { key: string }>;
}

/** Tells attachments apart: what has the same key is the same attachment. */
export function attachmentKey(attachment: IAttachment): string {
  const { variableName, did, type, instance } = attachment;
  return JSON.stringify([variableName, did, type, instance]);
}

/**
 * The attachments of one notebook, as they stand in its metadata.
 *
 * The metadata is the only store: what another program, an older version or a hand wrote is read each
 * time, and what cannot be understood stays as it is until the user removes it.
 */
export class NotebookAttachments implements IDisposable {
  constructor(store: IMetadataStore) {
    this._store = store;
    this._entries = read(store.getMetadata(METADATA_KEY));
    store.metadataChanged.connect(this._onMetadataChanged, this);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** All that stands there, in order. */
  get entries(): readonly IEntry[] {
    return this._entries;
  }

  /** What could be understood. */
  get attachments(): readonly IAttachment[] {
    return this._entries.flatMap(({ attachment, fault }) =>
      attachment && fault === null ? [attachment] : []
    );
  }

  /** The names in use, by entries with faults too. */
  get names(): ReadonlySet<string> {
    return new Set(
      this._entries.flatMap(({ attachment }) => attachment?.variableName ?? [])
    );
  }

  readonly changed: ISignal<this, void> = new Signal<this, void>(this);

  get(variableName: string): IAttachment | undefined {
    return this.attachments.find(
      attachment => attachment.variableName === variableName
    );
  }

  /** Adds an attachment. Throws where its name is in use. */
  add(attachment: IAttachment): void {
    this._assertFree(attachment.variableName);
    this._write([...this._raw(), toRaw(attachment)]);
  }

  /** Gives an attachment another name. Throws where that name is in use. */
  rename(variableName: string, to: string): void {
    if (to === variableName) {
      return;
    }
    this._assertFree(to);
    this._write(
      this._entries.map(({ raw, attachment, fault }) =>
        attachment?.variableName === variableName && fault === null
          ? { ...(raw as JSONObject), variableName: to }
          : raw
      )
    );
  }

  /** Removes the entry, if it is still the one that stands there. */
  remove(entry: IEntry): void {
    const raw = this._raw();
    if (JSONExt.deepEqual(raw[entry.index] ?? null, entry.raw)) {
      this._write(raw.filter((_, index) => index !== entry.index));
    }
  }

  /** Removes the attachment of a name; none is fine. */
  removeByName(variableName: string): void {
    const entry = this._entries.find(
      ({ attachment, fault }) =>
        fault === null && attachment?.variableName === variableName
    );
    if (entry) {
      this.remove(entry);
    }
  }

  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._store.metadataChanged.disconnect(this._onMetadataChanged, this);
    Signal.clearData(this);
  }

  private _raw(): PartialJSONValue[] {
    return this._entries.map(({ raw }) => raw);
  }

  private _assertFree(name: string): void {
    if (this.names.has(name)) {
      throw new Error(`The name ${name} is in use.`);
    }
  }

  private _write(entries: PartialJSONValue[]): void {
    if (entries.length === 0) {
      this._store.deleteMetadata(METADATA_KEY);
    } else {
      this._store.setMetadata(METADATA_KEY, entries);
    }
  }

  private _onMetadataChanged(_: unknown, { key }: { key: string }): void {
    if (key !== METADATA_KEY) {
      return;
    }
    this._entries = read(this._store.getMetadata(METADATA_KEY));
    (this.changed as Signal<this, void>).emit();
  }

  private readonly _store: IMetadataStore;
  private _entries: readonly IEntry[];
  private _isDisposed = false;
}

function read(metadata: unknown): readonly IEntry[] {
  if (metadata === undefined || metadata === null) {
    return [];
  }
  if (!Array.isArray(metadata)) {
    const raw = metadata as PartialJSONValue;
    return [{ index: 0, raw, attachment: null, fault: 'not_a_list' }];
  }
  const names = new Set<string>();
  return metadata.map((raw: PartialJSONValue, index) => {
    const entry = readEntry(raw);
    const name = entry.attachment?.variableName;
    if (name !== undefined && names.has(name)) {
      return { ...entry, raw, index, fault: 'name_twice' };
    }
    if (name !== undefined) {
      names.add(name);
    }
    return { ...entry, raw, index };
  });
}

function readEntry(
  raw: PartialJSONValue
): Pick<IEntry, 'attachment' | 'fault'> {
  if (raw === null || typeof raw !== 'object' || Array.isArray(raw)) {
    return { attachment: null, fault: 'not_an_entry' };
  }
  const { did, type, variableName, instance } = raw;
  if (typeof did !== 'string' || !parseDid(did)?.name) {
    return { attachment: null, fault: 'no_did' };
  }
  if (typeof variableName !== 'string' || variableName === '') {
    return { attachment: null, fault: 'no_variable_name' };
  }
  return {
    fault: null,
    attachment: {
      did,
      variableName,
      // Rucio's own words for collections are understood too.
      type: type === 'file' ? 'file' : 'collection',
      instance:
        typeof instance === 'string' && instance !== '' ? instance : null
    }
  };
}

function toRaw(attachment: IAttachment): JSONObject {
  const { did, type, variableName, instance } = attachment;
  return {
    did,
    type,
    variableName,
    ...(instance === null ? {} : { instance })
  };
}
