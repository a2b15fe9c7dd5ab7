import { asApiError, ErrorCode } from '../api/errors';
import type {
  AvailabilityState,
  IAvailability,
  IErrorBody,
  IResolved,
  IResolvedFile
} from '../api/types';
import type { IAttachment } from '../model/attachments';
import type { IInstancesModel, IRucioApi } from '../tokens';
import type { IVariable } from './kernel';

/** Codes of errors that this file makes. */
export const ResolveCode = {
  /** There is no list of instances; the sentence says why. */
  noInstances: 'no_instances',
  noInstance: 'no_instance',
  unknownInstance: 'unknown_instance'
} as const;

/** What the server said of one attachment, or why it said nothing. */
export type Resolution =
  { readonly resolved: IResolved } | { readonly error: IErrorBody };

/** Whether the files of a DID are there. An empty dataset has all of none. */
export function isThere(state: AvailabilityState): boolean {
  return state === 'available' || state === 'empty';
}

/**
 * Whether what a kernel has of a DID is out of date.
 *
 * Of a collection that is on its way the variable follows as its files arrive, unless they are so many
 * that each look at them takes Rucio seconds: those follow when they are all there, or begin to be.
 */
export function hasTurned(had: IResolved, now: IAvailability): boolean {
  if (isThere(had.state) || isThere(now.state)) {
    return isThere(had.state) !== isThere(now.state);
  }
  if (now.type === 'file' || !ON_THE_WAY.has(now.state)) {
    return false;
  }
  const isLarge = had.manifest !== null && had.manifest !== undefined;
  const count = now.files_available ?? 0;
  return (
    had.state !== now.state || (!isLarge && count > (had.available_count ?? 0))
  );
}

const ON_THE_WAY: ReadonlySet<AvailabilityState> = new Set([
  'partial',
  'replicating',
  'stuck'
]);

/** The instance that an attachment means, or null while there is none. */
export function instanceOf(
  attachment: IAttachment,
  instances: IInstancesModel
): string | null {
  return attachment.instance ?? instances.active?.name ?? null;
}

/**
 * Asks the server where the files of attachments are.
 *
 * One request an instance; where the server refuses it whole, one each, so that a bad one does not keep
 * the others back. Never rejects; answers in the order asked.
 */
export class Resolver {
  constructor(api: IRucioApi, instances: IInstancesModel) {
    this._api = api;
    this._instances = instances;
  }

  async resolve(
    attachments: readonly IAttachment[],
    notebook: string
  ): Promise<Resolution[]> {
    await this._instances.load();
    const answers = new Map<IAttachment, Resolution>();
    const byInstance = new Map<string, IAttachment[]>();
    for (const attachment of attachments) {
      const problem = this._instanceProblem(attachment);
      if (problem) {
        answers.set(attachment, { error: problem });
        continue;
      }
      const instance = instanceOf(attachment, this._instances)!;
      byInstance.set(instance, [
        ...(byInstance.get(instance) ?? []),
        attachment
      ]);
    }
    await Promise.all(
      [...byInstance].map(async ([instance, asked]) => {
        const found = await this._ask(instance, asked, notebook);
        asked.forEach((attachment, index) =>
          answers.set(attachment, found[index])
        );
      })
    );
    return attachments.map(attachment => answers.get(attachment)!);
  }

  /** Files of a variable's manifest from an offset on. Rejects with an `ApiError`. */
  async page(
    { instance, manifest }: IVariable,
    offset: number
  ): Promise<IResolvedFile[]> {
    return instance !== undefined && manifest?.id !== undefined
      ? this._api.attachmentFiles(instance, manifest.id, offset)
      : [];
  }

  /** A JSON file of what a variable would hold. Rejects with an `ApiError`. */
  async inFile(
    { did, variableName, instance }: IVariable,
    notebook: string
  ): Promise<string> {
    const [{ file }] = await this._api.attachments(
      instance ?? this._instances.active?.name ?? '',
      { items: [{ did, variable_name: variableName }], notebook, file: true }
    );
    return file ?? '';
  }

  private async _ask(
    instance: string,
    attachments: readonly IAttachment[],
    notebook: string
  ): Promise<Resolution[]> {
    try {
      const found = await this._api.attachments(instance, {
        items: attachments.map(({ did, variableName }) => ({
          did,
          variable_name: variableName
        })),
        notebook
      });
      this._instances.report(instance, null);
      return attachments.map((attachment, index) =>
        found[index]?.did === attachment.did
          ? { resolved: found[index] }
          : { error: unanswered(attachment) }
      );
    } catch (reason) {
      const error = asApiError(reason);
      const isAboutOne = [400, 404, 422].includes(error.status);
      if (isAboutOne && attachments.length > 1) {
        const each = await Promise.all(
          attachments.map(one => this._ask(instance, [one], notebook))
        );
        return each.map(([answer]) => answer);
      }
      this._instances.report(instance, error);
      return attachments.map(() => ({ error: error.toBody() }));
    }
  }

  private _instanceProblem(attachment: IAttachment): IErrorBody | null {
    if (this._instances.error) {
      return {
        ...this._instances.error.toBody(),
        code: ResolveCode.noInstances
      };
    }
    const name = instanceOf(attachment, this._instances);
    if (name === null) {
      return fault(
        ResolveCode.noInstance,
        'No Rucio instance is chosen.',
        'Choose one at the top of the Rucio panel.'
      );
    }
    if (!this._instances.get(name)) {
      return fault(
        ResolveCode.unknownInstance,
        `The Rucio instance “${name}” is not configured here.`,
        'Detach it, or ask the administrator to add the instance.'
      );
    }
    return null;
  }

  private readonly _api: IRucioApi;
  private readonly _instances: IInstancesModel;
}

function unanswered(attachment: IAttachment): IErrorBody {
  return fault(
    ErrorCode.badAnswer,
    `The server said nothing about ${attachment.did}.`,
    'Send it again.'
  );
}

function fault(code: string, message: string, hint: string): IErrorBody {
  return { code, message, hint, rucio: null };
}
