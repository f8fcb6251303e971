// What is open beside and above the call: one panel at a time, one dialog at a time, and the strip of reactions. Knows
// nothing of what is in them.

export type Panel = 'none' | 'chat' | 'people';

export type CallDialog = 'none' | 'shortcuts' | 'settings' | 'devices' | 'invite' | 'room' | 'leave';

export class Panels {
  open = $state<Panel>('none');
  dialog = $state<CallDialog>('none');
  reactions = $state(false);
  /** Of the bar's menus one is open. */
  menu = $state(false);

  /** Whether one is busy with something of this; then nothing of it goes away by itself. */
  get busy(): boolean {
    return this.open !== 'none' || this.dialog !== 'none' || this.reactions || this.menu;
  }

  toggle(panel: Exclude<Panel, 'none'>): void {
    this.open = this.open === panel ? 'none' : panel;
  }

  /** Out of the call: the next one begins with nothing open. */
  clear(): void {
    this.open = 'none';
    this.dialog = 'none';
    this.reactions = false;
    this.menu = false;
  }
}
