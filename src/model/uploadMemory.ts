import type { IStateDB } from '@jupyterlab/statedb';

const STATE_KEY = 'rucio-jupyterlab:upload';

/** What was chosen for the last upload to an instance, which the next one begins with. */
export interface IRemembered {
  readonly scope: string;
  readonly rse: string;
}

/** The last choices by instance, kept between page loads where there is a state database. */
export class UploadMemory {
  constructor(private readonly _state?: IStateDB) {}

  /** Never rejects: without a memory one chooses again. */
  async recall(instance: string): Promise<IRemembered | null> {
    return (await this._all())[instance] ?? null;
  }

  async keep(instance: string, { scope, rse }: IRemembered): Promise<void> {
    const all = { ...(await this._all()), [instance]: { scope, rse } };
    this._kept = all;
    try {
      await this._state?.save(STATE_KEY, all);
    } catch (reason) {
      console.warn('The choices of an upload could not be kept.', reason);
    }
  }

  private async _all(): Promise<Record<string, IRemembered & Plain>> {
    if (this._kept === null) {
      let kept: unknown;
      try {
        kept = await this._state?.fetch(STATE_KEY);
      } catch (reason) {
        console.warn('The choices of an upload could not be read.', reason);
      }
      this._kept = choicesIn(kept);
    }
    return this._kept;
  }

  private _kept: Record<string, IRemembered & Plain> | null = null;
}

/** As the state database takes it. */
type Plain = Record<string, string>;

/** What another version has left there may look otherwise. */
function choicesIn(value: unknown): Record<string, IRemembered & Plain> {
  const choices: Record<string, IRemembered & Plain> = {};
  for (const [instance, one] of Object.entries(value ?? {})) {
    const { scope, rse } = (one ?? {}) as Record<string, unknown>;
    if (typeof scope === 'string' && typeof rse === 'string') {
      choices[instance] = { scope, rse };
    }
  }
  return choices;
}
