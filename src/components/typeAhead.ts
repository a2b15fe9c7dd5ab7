import type React from 'react';

/** Letters typed within this time belong to one name. */
const TYPE_AHEAD_MS = 700;

/** Whether a key stands for itself, and for no command. */
export function isLetter(event: React.KeyboardEvent): boolean {
  return (
    event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey
  );
}

/** The beginning of a name, typed letter by letter into a list. */
export class TypeAhead {
  /** Whether a blank would be part of a name, rather than the key of the list. */
  isGoingOn(event: React.KeyboardEvent): boolean {
    return event.timeStamp - this._at < TYPE_AHEAD_MS;
  }

  /** What has been typed with this letter. */
  add(event: React.KeyboardEvent): string {
    this._text = this.isGoingOn(event) ? this._text + event.key : event.key;
    this._at = event.timeStamp;
    return this._text;
  }

  private _text = '';
  private _at = -Infinity;
}
