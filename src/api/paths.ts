/** A route below an instance, whose name is quoted. */
export function at(instance: string, rest: string): string {
  return `instances/${encodeURIComponent(instance)}/${rest}`;
}

/** Jupyter's own argument: the request does not count as activity, by which Hubs find idle servers. */
export const UNATTENDED = { no_track_activity: 1 };
