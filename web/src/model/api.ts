// The HTTP endpoints for people who sign in: typed bodies in, answers out. Never throws: what went wrong is a code
// of a closed list, and words for it are made where it is shown.

import type {
  AccountView,
  ApiKeyView,
  AppointmentChange,
  AppointmentList,
  AppointmentMove,
  AppointmentState,
  AppointmentView,
  AuditPage,
  CallNote,
  CallPage,
  DeliveryPage,
  DeskSettings,
  DeskView,
  InvitationAcceptance,
  InvitationView,
  Invited,
  LoungeRemoval,
  LoungeRoomSettings,
  LoungeRoomView,
  MadeApiKey,
  MadeWebhook,
  MailPreview,
  NewApiKey,
  NewAppointment,
  NewPerson,
  NewWebhook,
  OpenRoomDetail,
  OpenRooms,
  PeoplePage,
  PersonChange,
  ProfileChange,
  Replayed,
  ReplayRequest,
  RingEnd,
  SignInOptions,
  SignInRequest,
  SignInView,
  TotpConfirmation,
  TotpOffer,
  WebhookChange,
  WebhookSecret,
  WebhookView,
} from '../protocol/generated';
import type { ClientAppointment, LinkProblem } from '../protocol/generated';
import { clock } from './staff-clock.svelte';

/** What any request may end with. `unreachable`: no answer came; `unexpected`: one that nobody foresaw. */
export type CommonProblem =
  'signed_out' | 'forbidden' | 'rate_limited' | 'try_again' | 'storage_full' | 'unreachable' | 'unexpected';

export interface Refusal<C extends string> {
  ok: false;
  code: C;
  /** Seconds until it is worth trying again, when the server says so. */
  retryAfter: number | null;
}

export type Answer<T, C extends string = never> = { ok: true; value: T } | Refusal<C | CommonProblem>;

const COMMON: readonly CommonProblem[] = [
  'signed_out',
  'forbidden',
  'rate_limited',
  'try_again',
  'storage_full',
];
/** Longer, and whoever waits has given up: then it is said that nothing came. */
const ANSWER_WITHIN = 15_000;

/** What a request says, and wants to be told, beyond what all do. */
interface More {
  /** Is given the problem as it was told, for those that say more than a code. */
  told?: (problem: object) => void;
  /** As what something was seen: if it is something else by now, it is not changed. */
  seen?: string | null;
  /** Is given as what it is seen now. */
  tagged?: (tag: string) => void;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

async function request<T, C extends string>(
  method: Method,
  path: string,
  codes: readonly C[],
  body?: unknown,
  more: More = {},
): Promise<Answer<T, C>> {
  try {
    const response = await fetch(`/api/v1/${path}`, {
      method,
      signal: AbortSignal.timeout(ANSWER_WITHIN),
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(more.seen ? { 'if-match': more.seen } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    clock.heard(response.headers.get('date'));
    if (!response.ok) return await refusal(response, codes, more.told);
    const tag = response.headers.get('etag');
    if (tag !== null) more.tagged?.(tag);
    const value: unknown = response.status === 204 ? undefined : await response.json();
    return { ok: true, value: value as T };
  } catch {
    return { ok: false, code: 'unreachable', retryAfter: null };
  }
}

async function refusal<C extends string>(
  response: Response,
  codes: readonly C[],
  tell?: (problem: object) => void,
): Promise<Refusal<C | CommonProblem>> {
  const problem: unknown = await response.json().catch(() => null);
  const told = typeof problem === 'object' && problem && 'code' in problem ? problem.code : null;
  if (typeof problem === 'object' && problem) tell?.(problem);
  const known: readonly (C | CommonProblem)[] = [...codes, ...COMMON];
  const seconds = Number(response.headers.get('retry-after') ?? NaN);
  return {
    ok: false,
    code: known.find((one) => one === told) ?? 'unexpected',
    retryAfter: Number.isFinite(seconds) && seconds > 0 ? seconds : null,
  };
}

const id = encodeURIComponent;

/** Something, and as what it was seen: who changes it shows that. */
export interface Seen<T> {
  value: T;
  tag: string | null;
}

async function look<T, C extends string>(path: string, codes: readonly C[]): Promise<Answer<Seen<T>, C>> {
  let tag: string | null = null;
  const answer = await request<T, C>('GET', path, codes, undefined, { tagged: (told) => (tag = told) });
  return answer.ok ? { ok: true, value: { value: answer.value, tag } } : answer;
}

/** All parts of a list that grows. */
async function parts<T, P extends { next?: string }, C extends string>(
  part: (after: string) => Promise<Answer<P, C>>,
  of: (page: P) => T[],
): Promise<Answer<T[], C>> {
  const all: T[] = [];
  let after = '';
  for (;;) {
    const answer = await part(after);
    if (!answer.ok) return answer;
    all.push(...of(answer.value));
    if (answer.value.next === undefined) return { ok: true, value: all };
    after = `&after=${id(answer.value.next)}`;
  }
}

// Signing in.

export type SignInProblem = 'sign_in_refused' | 'totp_required';
export const signInOptions = () => request<SignInOptions, never>('GET', 'sign-in', []);
export const signIn = (body: SignInRequest) =>
  request<undefined, SignInProblem>('POST', 'sign-in', ['sign_in_refused', 'totp_required'], body);
export const signOut = () => request<undefined, never>('POST', 'sign-out', []);
/** Where the identity provider's way begins: a page, not an answer. */
export const PROVIDER_START = '/api/v1/oidc/start';

// Invitations.

export type AcceptProblem = 'invitation_invalid' | 'password_invalid' | 'email_invalid' | 'name_invalid';
export const lookAtInvitation = (token: string) =>
  request<InvitationView, 'invitation_invalid'>('POST', 'invitations/look', ['invitation_invalid'], {
    token,
  });
export const acceptInvitation = (body: InvitationAcceptance) =>
  request<undefined, AcceptProblem>(
    'POST',
    'invitations/accept',
    ['invitation_invalid', 'password_invalid', 'email_invalid', 'name_invalid'],
    body,
  );

// One's own account.

export const changeProfile = (change: ProfileChange) =>
  request<AccountView, 'name_invalid' | 'title_invalid'>(
    'PATCH',
    'me',
    ['name_invalid', 'title_invalid'],
    change,
  );
export const changePassword = (current: string, next: string) =>
  request<undefined, 'password_wrong' | 'password_invalid'>(
    'POST',
    'me/password',
    ['password_wrong', 'password_invalid'],
    { current, new: next },
  );
export const offerTotp = () => request<TotpOffer, 'totp_set'>('POST', 'me/totp', ['totp_set']);
export const confirmTotp = (body: TotpConfirmation) =>
  request<undefined, 'code_wrong' | 'totp_set'>('PUT', 'me/totp', ['code_wrong', 'totp_set'], body);
export const removeTotp = (password: string) =>
  request<undefined, 'password_wrong'>('DELETE', 'me/totp', ['password_wrong'], { password });
export const signIns = () => request<SignInView[], never>('GET', 'me/sign-ins', []);
export const endSignIn = (which: string) =>
  request<undefined, never>('DELETE', `me/sign-ins/${id(which)}`, []);

// Calls.

/** Which part of the history. Times are milliseconds since 1970. */
export interface CallFilter {
  end?: RingEnd;
  ended?: boolean;
  desk?: string;
  from?: number;
  to?: number;
  skip?: number;
  take?: number;
}

function query(filter: CallFilter): string {
  const given = Object.entries(filter).map(([key, value]) => [key, String(value)]);
  return given.length > 0 ? `?${new URLSearchParams(given)}` : '';
}

export const ownCalls = (filter: CallFilter) => request<CallPage, never>('GET', `calls${query(filter)}`, []);
export const writeNote = (ring: string, note: CallNote) =>
  request<undefined, 'call_unknown' | 'note_invalid'>(
    'PUT',
    `calls/${id(ring)}/note`,
    ['call_unknown', 'note_invalid'],
    note,
  );

// Appointments, as staff have them.

export type AppointmentProblem =
  | 'appointment_unknown'
  | 'name_invalid'
  | 'email_invalid'
  | 'text_invalid'
  | 'duration_invalid'
  | 'zone_unknown'
  | 'time_invalid'
  | 'time_skipped'
  | 'time_ambiguous'
  | 'time_past'
  | 'desk_unknown'
  | 'changed_meanwhile'
  | 'state_unfit'
  | 'too_soon'
  | 'links_many'
  | 'link_unknown'
  | 'mail_unfit';
const APPOINTMENT_PROBLEMS: readonly AppointmentProblem[] = [
  'appointment_unknown',
  'name_invalid',
  'email_invalid',
  'text_invalid',
  'duration_invalid',
  'zone_unknown',
  'time_invalid',
  'time_skipped',
  'time_ambiguous',
  'time_past',
  'desk_unknown',
  'changed_meanwhile',
  'state_unfit',
  'too_soon',
  'links_many',
  'link_unknown',
  'mail_unfit',
];
export type AppointmentAnswer<T> = Promise<Answer<T, AppointmentProblem>>;

function appointment<T = AppointmentView>(
  method: Method,
  path: string,
  body?: unknown,
): AppointmentAnswer<T> {
  return request<T, AppointmentProblem>(method, `appointments${path}`, APPOINTMENT_PROBLEMS, body);
}

/** All that begin then, part by part. */
export async function appointments(from: number, to: number): AppointmentAnswer<AppointmentList> {
  let told = { mail: false, now: 0 };
  const all = await parts<AppointmentView, AppointmentList, AppointmentProblem>(
    async (after) => {
      const answer = await appointment<AppointmentList>('GET', `?from=${from}&to=${to}&take=200${after}`);
      if (answer.ok) told = { mail: answer.value.mail, now: answer.value.now };
      return answer;
    },
    (list) => list.appointments,
  );
  if (!all.ok) return all;
  return { ok: true, value: { appointments: all.value, ...told } };
}
export const oneAppointment = (which: string) => appointment('GET', `/${id(which)}`);
export const makeAppointment = (body: NewAppointment) => appointment('POST', '', body);
export const changeAppointment = (which: string, body: AppointmentChange) =>
  appointment('PATCH', `/${id(which)}`, body);
export const moveAppointment = (which: string, body: AppointmentMove) =>
  appointment('POST', `/${id(which)}/move`, body);
export const closeAppointment = (which: string, state: AppointmentState) =>
  appointment('POST', `/${id(which)}/state`, { state });
/** Only what is cancelled or over: with its links, mail and notes. */
export const forgetAppointment = (which: string) => appointment<undefined>('DELETE', `/${id(which)}`);
export const inviteOneMore = (which: string, name: string) =>
  appointment('POST', `/${id(which)}/links`, { name });
export const replaceLink = (which: string, link: string) =>
  appointment('POST', `/${id(which)}/links/${id(link)}/reissue`);
export const takeLinkBack = (which: string, link: string) =>
  appointment('DELETE', `/${id(which)}/links/${id(link)}`);
export const previewMail = (which: string, message: string) =>
  appointment<MailPreview>('POST', `/${id(which)}/mail/preview`, { message });
export const sendMail = (which: string, message: string) =>
  appointment<undefined>('POST', `/${id(which)}/mail`, { message });
/** Where the professional's calendar file is. */
export const calendarFile = (which: string) => `/api/v1/appointments/${id(which)}/calendar`;

// What admins do.

export type PersonProblem =
  | 'email_taken'
  | 'email_invalid'
  | 'name_invalid'
  | 'title_invalid'
  | 'state_invalid'
  | 'last_admin'
  | 'not_as_seen';
const PERSON_PROBLEMS: readonly PersonProblem[] = [
  'email_taken',
  'email_invalid',
  'name_invalid',
  'title_invalid',
  'state_invalid',
  'last_admin',
  'not_as_seen',
];
/** Somebody as admins see them in the list: `tied` to somebody at the identity provider, or not. */
export type Person = AccountView & { tied: boolean };
/** All of them, part by part. */
export const people = () =>
  parts<Person, PeoplePage, never>(
    (after) => request<PeoplePage, never>('GET', `admin/people?take=200${after}`, []),
    (page) => page.people.map((person) => ({ ...person, tied: page.tied.includes(person.id) })),
  );
/** They sign in over the identity provider no longer, until they come from there by their address again. */
export const untiePerson = (who: string) =>
  request<undefined, never>('DELETE', `admin/people/${id(who)}/provider`, []);
export const addPerson = (person: NewPerson) =>
  request<Invited, PersonProblem>('POST', 'admin/people', PERSON_PROBLEMS, person);
export const onePerson = (who: string) =>
  look<AccountView, PersonProblem>(`admin/people/${id(who)}`, PERSON_PROBLEMS);
export const changePerson = (who: string, change: PersonChange, seen: string | null = null) =>
  request<AccountView, PersonProblem>('PATCH', `admin/people/${id(who)}`, PERSON_PROBLEMS, change, { seen });
/** Another one-time link, to join or to set a new password. */
export const inviteAgain = (who: string) =>
  request<Invited, never>('POST', `admin/people/${id(who)}/invitation`, []);

export type DeskProblem =
  | 'slug_taken'
  | 'slug_invalid'
  | 'name_invalid'
  | 'about_invalid'
  | 'hours_invalid'
  | 'site_invalid'
  | 'seconds_invalid'
  | 'person_unknown'
  | 'desk_unknown'
  | 'not_as_seen';
const DESK_PROBLEMS: readonly DeskProblem[] = [
  'slug_taken',
  'slug_invalid',
  'name_invalid',
  'about_invalid',
  'hours_invalid',
  'site_invalid',
  'seconds_invalid',
  'person_unknown',
  'desk_unknown',
  'not_as_seen',
];
export const desks = () => request<DeskView[], never>('GET', 'admin/desks', []);
export const addDesk = (settings: DeskSettings) =>
  request<DeskView, DeskProblem>('POST', 'admin/desks', DESK_PROBLEMS, settings);
export const oneDesk = (which: string) =>
  look<DeskView, DeskProblem>(`admin/desks/${id(which)}`, DESK_PROBLEMS);
export const changeDesk = (which: string, settings: DeskSettings, seen: string | null) =>
  request<DeskView, DeskProblem>('PUT', `admin/desks/${id(which)}`, DESK_PROBLEMS, settings, { seen });
export const removeDesk = (which: string) =>
  request<undefined, DeskProblem>('DELETE', `admin/desks/${id(which)}`, DESK_PROBLEMS);

export type ApiKeyProblem =
  'name_invalid' | 'scopes_invalid' | 'expiry_invalid' | 'person_unknown' | 'too_many_keys' | 'key_unknown';
const API_KEY_PROBLEMS: readonly ApiKeyProblem[] = [
  'name_invalid',
  'scopes_invalid',
  'expiry_invalid',
  'person_unknown',
  'too_many_keys',
  'key_unknown',
];
/** Latest made first. */
export const apiKeys = () => request<ApiKeyView[], never>('GET', 'admin/api-keys', []);
export const makeApiKey = (key: NewApiKey) =>
  request<MadeApiKey, ApiKeyProblem>('POST', 'admin/api-keys', API_KEY_PROBLEMS, key);
export const revokeApiKey = (which: string) =>
  request<undefined, ApiKeyProblem>('DELETE', `admin/api-keys/${id(which)}`, API_KEY_PROBLEMS);

export type WebhookProblem =
  | 'name_invalid'
  | 'url_invalid'
  | 'address_refused'
  | 'kinds_invalid'
  | 'too_many_webhooks'
  | 'webhook_unknown'
  | 'webhook_off'
  | 'event_unknown';
const WEBHOOK_PROBLEMS: readonly WebhookProblem[] = [
  'name_invalid',
  'url_invalid',
  'address_refused',
  'kinds_invalid',
  'too_many_webhooks',
  'webhook_unknown',
  'webhook_off',
  'event_unknown',
];
const webhook = <T>(method: Method, which: string, rest: string, body?: unknown) =>
  request<T, WebhookProblem>(method, `admin/webhooks/${id(which)}${rest}`, WEBHOOK_PROBLEMS, body);
/** Latest made first. */
export const webhooks = () => request<WebhookView[], never>('GET', 'admin/webhooks', []);
export const makeWebhook = (hook: NewWebhook) =>
  request<MadeWebhook, WebhookProblem>('POST', 'admin/webhooks', WEBHOOK_PROBLEMS, hook);
export const changeWebhook = (which: string, change: WebhookChange) =>
  webhook<WebhookView>('PATCH', which, '', change);
export const removeWebhook = (which: string) => webhook<undefined>('DELETE', which, '');
export const rotateWebhookSecret = (which: string) => webhook<WebhookSecret>('POST', which, '/secret');
export const tryWebhook = (which: string) => webhook<undefined>('POST', which, '/test');
export const replayWebhook = (which: string, replay: ReplayRequest) =>
  webhook<Replayed>('POST', which, '/replay', replay);
/** Latest first, from before a number on. */
export const webhookDeliveries = (which: string, before: number | null) =>
  webhook<DeliveryPage>('GET', which, `/deliveries${before === null ? '' : `?before=${before}`}`);

export type LoungeRoomProblem =
  | 'lounge_room_unknown'
  | 'slug_taken'
  | 'slug_invalid'
  | 'name_invalid'
  | 'about_invalid'
  | 'person_unknown'
  | 'too_many_rooms'
  | 'not_as_seen';
const LOUNGE_ROOM_PROBLEMS: readonly LoungeRoomProblem[] = [
  'lounge_room_unknown',
  'slug_taken',
  'slug_invalid',
  'name_invalid',
  'about_invalid',
  'person_unknown',
  'too_many_rooms',
  'not_as_seen',
];
/** In their order. */
export const loungeRooms = () => request<LoungeRoomView[], never>('GET', 'admin/lounge/rooms', []);
export const addLoungeRoom = (settings: LoungeRoomSettings) =>
  request<LoungeRoomView, LoungeRoomProblem>('POST', 'admin/lounge/rooms', LOUNGE_ROOM_PROBLEMS, settings);
export const oneLoungeRoom = (which: string) =>
  look<LoungeRoomView, LoungeRoomProblem>(`admin/lounge/rooms/${id(which)}`, LOUNGE_ROOM_PROBLEMS);
export const changeLoungeRoom = (which: string, settings: LoungeRoomSettings, seen: string | null) =>
  request<LoungeRoomView, LoungeRoomProblem>(
    'PUT',
    `admin/lounge/rooms/${id(which)}`,
    LOUNGE_ROOM_PROBLEMS,
    settings,
    { seen },
  );
export const removeLoungeRoom = (which: string) =>
  request<undefined, LoungeRoomProblem>('DELETE', `admin/lounge/rooms/${id(which)}`, LOUNGE_ROOM_PROBLEMS);
/** Who may not come back into the lounge yet. */
export const loungeRemovals = () => request<LoungeRemoval[], never>('GET', 'admin/lounge/removals', []);
export const letBackIn = (person: string) =>
  request<undefined, 'person_unknown'>('DELETE', `admin/lounge/removals/${id(person)}`, ['person_unknown']);

export type OpenRoomProblem = 'room_unknown' | 'participant_unknown';
const OPEN_ROOM_PROBLEMS: readonly OpenRoomProblem[] = ['room_unknown', 'participant_unknown'];
const openRoom = <T>(method: Method, name: string, rest: string) =>
  request<T, OpenRoomProblem>(method, `admin/rooms/${id(name)}${rest}`, OPEN_ROOM_PROBLEMS);
/** Rooms that somebody is in, by name. @param after `next` of the part before */
export const openRooms = (after: string | undefined, take: number) =>
  request<OpenRooms, never>(
    'GET',
    `admin/rooms?take=${take}${after === undefined ? '' : `&after=${id(after)}`}`,
    [],
  );
export const lookIntoRoom = (name: string) =>
  request<OpenRoomDetail, 'room_unknown'>('GET', `admin/rooms/${id(name)}`, ['room_unknown']);
export const endRoom = (name: string) => openRoom<undefined>('POST', name, '/end');
/** For as long as the room lives. */
export const removeFromRoom = (name: string, participant: string) =>
  openRoom<undefined>('DELETE', name, `/participants/${id(participant)}`);

export const allCalls = (filter: CallFilter) =>
  request<CallPage, never>('GET', `admin/calls${query(filter)}`, []);
/** The same calls, all of them, as a file. */
export const callsFile = (filter: CallFilter) => `/api/v1/admin/calls.csv${query(filter)}`;
export const endCall = (ring: string) =>
  request<undefined, 'call_unknown'>('POST', `admin/calls/${id(ring)}/end`, ['call_unknown']);
/** Takes one that is over out of the history. */
export const forgetCall = (ring: string) =>
  request<undefined, 'call_unknown'>('DELETE', `admin/calls/${id(ring)}`, ['call_unknown']);
/** @param after `next` of the part before */
export const audit = (after: string | undefined, take: number) =>
  request<AuditPage, never>(
    'GET',
    `admin/audit?take=${take}${after === undefined ? '' : `&after=${id(after)}`}`,
    [],
  );

// For who came over a link to an appointment.

/** What a genuine link may be of no use for. */
export type LinkEnd = 'link_replaced' | 'appointment_cancelled' | 'appointment_over';
export type LinkCode = LinkEnd | 'link_invalid' | 'link_needed';
const LINK_CODES: readonly LinkCode[] = [
  'link_replaced',
  'appointment_cancelled',
  'appointment_over',
  'link_invalid',
  'link_needed',
];

/** Whose appointment it is, or was. */
export type LinkOwner = Pick<LinkProblem, 'professional_name' | 'starts_at'>;

export type LinkAnswer =
  | { ok: true; value: ClientAppointment }
  /** The owner is told of genuine links alone. */
  | (Refusal<LinkCode | CommonProblem> & { owner: LinkOwner | null });

async function askByLink(method: Method, path: string, body?: unknown): Promise<LinkAnswer> {
  let owner: LinkOwner | null = null;
  const answer = await request<ClientAppointment, LinkCode>(method, path, LINK_CODES, body, {
    told: (problem) => {
      if ('professional_name' in problem && 'starts_at' in problem) owner = problem as LinkOwner;
    },
  });
  return answer.ok ? answer : { ...answer, owner };
}

/** Exchanges the token of a link for a cookie. */
export const enterAppointment = (token: string) => askByLink('POST', 'appointment/enter', { token });
/** By the cookie. */
export const ownAppointment = () => askByLink('GET', 'appointment');
/** A file, not an answer. */
export const OWN_CALENDAR = '/api/v1/appointment/calendar';
