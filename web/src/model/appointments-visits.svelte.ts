// Who waits for which appointment, and who is in its call: what the server says live, by version. Knows no
// appointments, only what happens around them; tells of each arrival once.

import type { AttendeeView, VisitView } from '../protocol/generated';

/** Somebody has come to wait. */
export interface Arrival {
  appointment: string;
  attendee: AttendeeView;
}

export class Visits {
  /** By appointment. Those around which nothing happens any more are empty, or not there. */
  all = $state.raw<ReadonlyMap<string, VisitView>>(new Map());
  /** Who waits, whatever for, longest first. */
  waiting = $derived.by<Arrival[]>(() =>
    [...this.all.values()]
      .flatMap(({ appointment, attendees }) => attendees.map((attendee) => ({ appointment, attendee })))
      .sort((a, b) => a.attendee.since - b.attendee.since),
  );
  /** Those told of already. */
  #told = new Set<string>();
  /** What was heard since the console was asked for: its answer may be older. */
  #heard = new Set<string>();
  #first = true;

  constructor(private readonly arrived: (arrival: Arrival) => void = () => undefined) {}

  of(appointment: string): VisitView | null {
    return this.all.get(appointment) ?? null;
  }

  /** A new session may be with a server that counts anew: whatever it says first is newer than what is known. */
  forgetVersions(): void {
    this.all = new Map([...this.all].map(([id, visit]) => [id, { ...visit, version: -1 }]));
  }

  /** The console is asked for. */
  asked(): void {
    this.#heard.clear();
  }

  /** The answer: everything that happens. Who is there when the page opens has not just come. */
  take(visits: readonly VisitView[]): void {
    const told = new Set(visits.map(({ appointment }) => appointment));
    this.all = new Map([...this.all].filter(([id]) => told.has(id) || this.#heard.has(id)));
    const tell = !this.#first;
    this.#first = false;
    for (const visit of visits) this.#put(visit, tell);
  }

  changed(visit: VisitView): void {
    this.#heard.add(visit.appointment);
    this.#put(visit, true);
  }

  #put(visit: VisitView, tell: boolean): void {
    const before = this.all.get(visit.appointment);
    if (before && visit.version < before.version) return;
    this.all = new Map(this.all).set(visit.appointment, visit);
    // Whoever was in the call until now is back, not new.
    const back = before?.call !== undefined && visit.call === undefined;
    for (const attendee of visit.attendees) {
      const key = `${visit.appointment} ${attendee.id} ${attendee.since}`;
      const known = this.#told.has(key) || before?.attendees.some((one) => one.id === attendee.id);
      this.#told.add(key);
      if (tell && !known && !back && !attendee.held)
        this.arrived({ appointment: visit.appointment, attendee });
    }
  }
}
