import type { IInstance } from '../api/types';
import type { IPanelNote } from './notes';

/**
 * A note as text for a ticket. In English, whatever language the user reads: it is for the operators.
 */
export function ticketText(
  note: IPanelNote,
  instance: IInstance,
  now: number
): string {
  const lines = [
    `Rucio in JupyterLab: ${note.title}`,
    `Instance: ${instance.name}`,
    `Time: ${new Date(now).toISOString()}`,
    ...(note.text ? ['', note.text] : []),
    ...(note.details.length > 0 ? [''] : []),
    ...note.details.map(({ key, reason }) => `- ${key}: ${reason}`)
  ];
  if (note.rucio) {
    const { exception_class, exception_message } = note.rucio;
    lines.push('', `Rucio said: ${exception_class}: ${exception_message}`);
  }
  return lines.join('\n');
}
