import { CommandIDs } from '../commands';
import type { NoteAction } from '../components/notes';

/** What the buttons of notes do. */
export const NOTE_COMMANDS: Record<NoteAction, string> = {
  'sign-in': CommandIDs.signIn,
  look: CommandIDs.refresh,
  reload: CommandIDs.reloadConfiguration,
  diagnose: CommandIDs.diagnose
};
