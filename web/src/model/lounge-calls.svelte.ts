// Video in the lounge as one page lives it: ringing, being rung, the call, and who is asked into it. What one is in
// the middle of is the server's word, so that a page that opens anew goes on where it was. Rings of desks and
// appointments are none of its business; it only says that there are some.

import type {
  Code,
  Command,
  Engagement,
  Event,
  LoungeSnapshot,
  OwnAvailability,
  RingEnd,
  RingView,
} from '../protocol/generated';
import { CommandFailed } from '../protocol/session';
import type { LinkState, Session } from '../protocol/session';
import { Call } from './call.svelte';
import { Devices } from './devices.svelte';
import { endWord, isPrivate, otherOf, privateRing } from './lounge-ring';
import type { EndWord } from './lounge-ring';
import { askedInBy, seatOfRing } from './remembered';

/** What came of the latest ring or call, for the conversation with this person. */
export type Outcome = { person: string; name: string } & (
  { kind: 'ended'; end: EndWord } | { kind: 'refused'; code: Code }
);

/** What has become of somebody who was asked into the call. */
export type Invited = { person: string; name: string } & (
  | { kind: 'asking' }
  | { kind: 'ringing'; ring: string }
  | { kind: 'joins' }
  | { kind: 'ended'; end: RingEnd }
  | { kind: 'refused'; code: Code }
);

/** One's own ring; no ring yet while it is being put through. */
export interface OwnRing {
  person: string;
  ring: RingView | null;
}

interface Attempt extends OwnRing {
  state: 'wanted' | 'taken_back';
}

export class LoungeCalls {
  /** The call this page is in, or goes into. */
  call = $state.raw<Call | null>(null);
  /** The person whose conversation the call belongs to. */
  with = $state<string | null>(null);
  /** Open while one rings, by one's own press; the call takes them over. */
  devices = $state.raw<Devices | null>(null);
  outcome = $state.raw<Outcome | null>(null);
  /** Why the latest answer to a ring was not carried out. */
  problem = $state<Code | null>(null);
  accepting = $state(false);
  /** The call has the whole window. */
  full = $state(false);
  /** One looks for somebody to ask into the call. */
  inviting = $state(false);
  /** One is about to leave a call with the page: what is done once that is meant. */
  leaving = $state.raw<(() => void) | null>(null);
  /** Whose conversations are on the screen: what belongs to one is shown there. */
  shown = $state.raw<ReadonlySet<string>>(new Set());
  #link = $state<LinkState>('connecting');
  #own = $state.raw<OwnAvailability | null>(null);
  #attempt = $state.raw<Attempt | null>(null);
  #invited = $state.raw<Invited | null>(null);
  /** The call that this page left last. */
  #left = $state('');
  /** The call that this page rang for, or has accepted. */
  #mine = $state('');
  /** Rings that are over: what one is in the middle of may be told a moment later. */
  #ended = $state.raw<ReadonlySet<string>>(new Set());

  readonly incoming = $derived(this.#going(privateRing(this.#own?.engagement, 'called')));
  /** What is to be heard: without a line nothing can be accepted, and the server has given it up by now. */
  readonly heard = $derived(this.#link === 'lost' ? null : this.incoming);
  readonly ringing: OwnRing | null = $derived.by(() => {
    const attempt = this.#attempt;
    if (attempt) return attempt.state === 'wanted' ? { person: attempt.person, ring: attempt.ring } : null;
    const ring = this.#going(privateRing(this.#own?.engagement, 'calling'));
    return ring && { person: ring.callee.id, ring };
  });
  /** A call of one's own that another page has. */
  readonly elsewhere = $derived.by(() => {
    const ring = this.#going(privateRing(this.#own?.engagement, 'in_call'));
    if (!ring || this.call || ring.id === this.#left || ring.id === this.#mine) return null;
    return ring;
  });
  /** What one is in the middle of besides the lounge: at a desk, for an appointment. */
  readonly foreign: Engagement | null = $derived.by(() => {
    const engagement = this.#own?.engagement;
    if (!engagement) return null;
    const own = 'ring' in engagement && privateRing(engagement, engagement.type) !== null;
    return own ? null : engagement;
  });
  /** Whether one is in the middle of something, so that nobody else can be rung. */
  readonly engaged = $derived(
    this.call !== null || this.#attempt !== null || this.#own?.engagement !== undefined,
  );
  /** Whose conversation is about video right now: for a ring, a call, or what came of one. */
  readonly at: { person: string; name: string } | null = $derived.by(() => {
    const me = this.me().id;
    const { call, ringing, elsewhere, outcome } = this;
    if (call?.place.kind === 'ring') {
      const other = otherOf(call.place.ring, me);
      return { person: this.with ?? other.id, name: other.name };
    }
    if (ringing) return { person: ringing.person, name: ringing.ring?.callee.name ?? '' };
    const other = elsewhere && otherOf(elsewhere, me);
    return other ? { person: other.id, name: other.name } : outcome;
  });
  /** Somebody who is asked into the call. */
  readonly invited: Invited | null = $derived.by(() => {
    const invited = this.#invited;
    if (invited?.kind !== 'ringing') return invited;
    // Names in the lounge are unique, and the call has the same ones.
    const here = this.call?.others.some(({ name }) => name === invited.name) ?? false;
    return here ? { person: invited.person, name: invited.name, kind: 'joins' } : invited;
  });

  /** Rings one is part of, by id: their ends are told by id alone. */
  #rings = new Map<string, RingView>();
  #deaf: () => void;

  constructor(
    private readonly session: Session,
    private readonly me: () => { id: string },
  ) {
    this.#link = session.link;
    this.#deaf = session.listen({
      // It may be with a server that counts anew.
      opened: () => this.#forgetVersion(),
      link: (state) => (this.#link = state),
    });
  }

  entered({ own }: LoungeSnapshot): void {
    const before = privateRing(this.#own?.engagement, 'calling');
    this.#invited = null;
    this.#takeOwn(own);
    // A server that has started anew knows of no ring.
    const gone = before && !this.#own?.engagement && !this.call && !this.#ended.has(before.id);
    if (gone) this.#told(before.callee, { kind: 'ended', end: 'interrupted' });
  }

  event(event: Event): void {
    if (event.type === 'own_changed') this.#takeOwn(event.own);
    else if (event.type === 'ring_ended') this.#over(event.ring, event.end);
  }

  /** One is in the lounge no longer: nothing of it goes on here. */
  left(): void {
    const engagement = this.#own?.engagement;
    const ring = privateRing(engagement, 'calling');
    if (this.call) this.#send({ type: 'leave' });
    else if (ring) this.#send({ type: 'cancel_ring', ring: ring.id });
    this.#drop();
    this.#own = null;
    this.#attempt = null;
    this.outcome = null;
    this.#settle();
  }

  dispose(): void {
    this.left();
    this.#deaf();
  }

  /** Whether that one is ringing here right now. */
  isRungBy(person: string): boolean {
    return this.incoming?.caller.id === person;
  }

  /** Rings somebody. One's devices open now, by one's own press; theirs when they have accepted. */
  async ring(person: string): Promise<void> {
    // Both want the same thing, and theirs came a moment sooner.
    if (this.isRungBy(person)) return this.accept();
    if (this.engaged) return;
    this.outcome = null;
    this.#attempt = { person, ring: null, state: 'wanted' };
    const devices = (this.devices = new Devices());
    void devices.start({ microphone: 'on', camera: 'on' });
    try {
      const reply = await this.session.command({ type: 'ring_member', person });
      if (reply.type === 'ringing') this.#putThrough(reply.ring);
    } catch (error) {
      const wanted = this.ringing !== null;
      this.#attempt = null;
      const code = codeOf(error);
      if (code && wanted) this.#told({ id: person, name: '' }, { kind: 'refused', code });
    } finally {
      this.#settle();
    }
  }

  /** Takes one's ring back. */
  async cancel(): Promise<void> {
    const ring = this.ringing?.ring;
    const person = this.ringing?.person ?? '';
    // Without a ring it is not there yet: taken back as soon as it is.
    this.#attempt = { person, ring: ring ?? null, state: 'taken_back' };
    this.#settle();
    if (ring) await this.#takeBackRing(ring);
  }

  /** Takes the call that rings. The devices are opened by the call, not before. */
  async accept(): Promise<void> {
    const ring = this.incoming;
    if (!ring || this.accepting) return;
    this.accepting = true;
    this.problem = null;
    const call = ring.into ?? ring.id;
    this.#mine = call;
    if (ring.into !== undefined) askedInBy(call).set(ring.caller.id);
    try {
      await this.session.command({ type: 'accept_ring', ring: ring.id });
    } catch (error) {
      this.problem = codeOf(error);
      // After an outage the snapshot tells whether it came through.
      if (this.problem) this.#mine = '';
    } finally {
      this.accepting = false;
      this.#follow();
    }
  }

  async decline(): Promise<void> {
    const ring = this.incoming;
    if (!ring) return;
    this.problem = null;
    try {
      await this.session.command({ type: 'decline_ring', ring: ring.id });
    } catch (error) {
      this.problem = codeOf(error);
    }
  }

  async hangUp(): Promise<void> {
    const call = this.call;
    if (!call) return;
    const leaving = call.leave();
    this.callEnded(call);
    await leaving;
  }

  /** Asks somebody else into the call. */
  async invite({ id, name }: { id: string; name: string }): Promise<void> {
    const who = { person: id, name };
    this.#invited = { ...who, kind: 'asking' };
    try {
      const reply = await this.session.command({ type: 'ring_colleague', person: id, purpose: 'bring_in' });
      if (reply.type !== 'ringing') return;
      // Answered before the answer to this came.
      const over = this.#ended.has(reply.ring.id);
      this.#invited = over ? null : { ...who, kind: 'ringing', ring: reply.ring.id };
    } catch (error) {
      const code = codeOf(error);
      this.#invited = code ? { ...who, kind: 'refused', code } : null;
    }
  }

  async takeBack(): Promise<void> {
    if (this.#invited?.kind !== 'ringing') return;
    const { ring } = this.#invited;
    await this.session.command({ type: 'cancel_ring', ring }).catch(() => undefined);
  }

  /** What became of who was asked in has been read. */
  putInvitedAway(): void {
    this.#invited = null;
  }

  /** Takes a call of one's own to this page. */
  continueHere(): void {
    const ring = this.elsewhere;
    if (!ring) return;
    this.#left = '';
    this.#enter(ring);
  }

  /** Runs it at once, or asks first where it would end a call. */
  beforeLeaving(then: () => void): void {
    if (this.call || this.ringing) this.leaving = then;
    else then();
  }

  /** That is meant: the call is over for oneself. */
  leave(): void {
    const then = this.leaving;
    this.leaving = null;
    if (this.call) void this.hangUp();
    else if (this.ringing) void this.cancel();
    then?.();
  }

  /** A conversation has come on the screen. */
  appeared(person: string): void {
    this.shown = new Set(this.shown).add(person);
  }

  /** It is on the screen no longer. */
  vanished(person: string): void {
    this.shown = new Set([...this.shown].filter((one) => one !== person));
  }

  /** The call's own word on its end, from its screen. Why it ended for all is told by the server. */
  callEnded(call: Call): void {
    if (call !== this.call || call.place.kind !== 'ring') return;
    const { phase, place } = call;
    if (phase.kind !== 'ended' && phase.kind !== 'refused' && phase.kind !== 'over') return;
    const left = phase.kind === 'ended' && phase.reason === 'left';
    if (left || phase.kind === 'refused') this.#left = place.ring.id;
    if (phase.kind === 'refused') {
      const other = otherOf(place.ring, this.me().id);
      this.#told({ ...other, id: this.with ?? other.id }, { kind: 'refused', code: phase.code });
    }
    this.#drop();
  }

  #going(ring: RingView | null): RingView | null {
    return ring && !this.#ended.has(ring.id) ? ring : null;
  }

  #forgetVersion(): void {
    if (this.#own) this.#own = { ...this.#own, version: -1 };
    this.#left = '';
  }

  #takeOwn(own: OwnAvailability): void {
    if (this.#own && own.version < this.#own.version) return;
    this.#own = own;
    this.#follow();
  }

  /** Brings everything in line with what one is in the middle of. */
  #follow(): void {
    const engagement = this.#own?.engagement;
    if (engagement && 'ring' in engagement && isPrivate(engagement.ring)) {
      this.#rings.set(engagement.ring.id, engagement.ring);
      this.#attemptKnown(engagement.ring);
    }
    this.#mine = privateRing(engagement, 'calling')?.id ?? this.#mine;
    const call = this.#going(privateRing(engagement, 'in_call'));
    if (call) this.#takeCall(call);
    if (this.incoming) this.outcome = null;
    else this.problem = null;
    this.#settle();
  }

  #takeCall(ring: RingView): void {
    if (this.#idOfCall() === ring.id || ring.id === this.#left) return;
    // A page that was loaded anew in the middle of a call goes straight back into it.
    if (ring.id === this.#mine || seatOfRing(ring.id).get() !== null) this.#enter(ring);
  }

  #enter(ring: RingView): void {
    this.#drop();
    const me = this.me().id;
    // After a reload in the call they are as they were in it.
    const devices = seatOfRing(ring.id).get() === null ? this.devices : null;
    if (devices) this.devices = null;
    const { session } = this;
    const as = ring.caller.id === me ? 'visitor' : 'staff';
    this.with = askedInBy(ring.id).get() ?? otherOf(ring, me).id;
    this.outcome = null;
    this.#mine = ring.id;
    this.call = new Call({ kind: 'ring', ring, session, as, ...(devices ? { devices } : {}) });
    void this.call.prepare();
  }

  /** The server has taken it; what one is in the middle of may have been told before, or is about to be. */
  #putThrough(ring: RingView): void {
    this.#rings.set(ring.id, ring);
    if (this.#attempt?.state === 'taken_back') {
      this.#attempt = { ...this.#attempt, ring };
      if (ring.accepted_at === undefined) void this.#takeBackRing(ring);
      else this.#send({ type: 'leave' });
      return;
    }
    this.#mine = ring.id;
    const told = this.#own?.engagement;
    const known = this.#ended.has(ring.id) || (told && 'ring' in told && told.ring.id === ring.id);
    this.#attempt = known || !this.#attempt ? null : { ...this.#attempt, ring };
    this.#follow();
  }

  /** What is told of an attempt's ring is what holds from then on. */
  #attemptKnown(ring: RingView): void {
    if (this.#attempt?.ring?.id === ring.id && this.#attempt.state === 'wanted') this.#attempt = null;
  }

  async #takeBackRing(ring: RingView): Promise<void> {
    try {
      await this.session.command({ type: 'cancel_ring', ring: ring.id });
    } catch (error) {
      // Accepted in the same moment: then it is hung up.
      if (codeOf(error) === 'ring_unknown' && privateRing(this.#own?.engagement, 'in_call'))
        await this.hangUp();
    } finally {
      this.#attempt = null;
      this.#follow();
    }
  }

  #over(id: string, end: RingEnd): void {
    this.#ended = new Set(this.#ended).add(id);
    const invited = this.#invited;
    if (invited?.kind === 'ringing' && invited.ring === id) {
      const { person, name } = invited;
      this.#invited = end === 'cancelled' ? null : { person, name, kind: 'ended', end };
      return;
    }
    const takenBack = this.#attempt?.ring?.id === id && this.#attempt.state === 'taken_back';
    if (this.#attempt?.ring?.id === id) this.#attempt = null;
    const ring = this.#rings.get(id);
    this.#rings.delete(id);
    if (ring && !takenBack && id !== this.#left) this.#tellEnd(ring, end);
    if (this.#idOfCall() === id) this.#drop();
    this.#follow();
  }

  #tellEnd(ring: RingView, end: RingEnd): void {
    const me = this.me().id;
    const other = otherOf(ring, me);
    const word = endWord(end, ring.caller.id === me ? 'caller' : 'callee');
    const person = this.#idOfCall() === ring.id && this.with !== null ? this.with : other.id;
    if (word) this.#told({ id: person, name: other.name }, { kind: 'ended', end: word });
  }

  #told(
    { id, name }: { id: string; name: string },
    what: { kind: 'ended'; end: EndWord } | { kind: 'refused'; code: Code },
  ): void {
    this.outcome = { person: id, name, ...what };
  }

  /** The call is over for this page. */
  #drop(): void {
    const call = this.call;
    if (!call) return;
    this.call = null;
    this.full = false;
    this.inviting = false;
    this.leaving = null;
    this.#invited = null;
    this.#mine = '';
    call.dispose();
    if (call.place.kind !== 'ring') return;
    seatOfRing(call.place.ring.id).set(null);
    askedInBy(call.place.ring.id).set(null);
  }

  /** One's devices are open while one rings; after that they are the call's, or nobody's. */
  #settle(): void {
    if (this.ringing) return;
    this.devices?.dispose();
    this.devices = null;
    if (!this.call) this.with = null;
  }

  #idOfCall(): string | null {
    return this.call?.place.kind === 'ring' ? this.call.place.ring.id : null;
  }

  #send(command: Command): void {
    this.session.command(command).catch(() => undefined);
  }
}

/** None for what went down with its session: the next one tells how things are. */
function codeOf(error: unknown): Code | null {
  if (!(error instanceof CommandFailed)) return 'internal';
  return error.code === 'session_lost' ? null : error.code;
}
