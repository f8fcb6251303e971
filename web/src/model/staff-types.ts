// Types of staff, desks and calls, for the screens: what travels is what they show.

export type {
  AccountRole,
  AccountState as AccountStanding,
  AccountView,
  AuditView,
  CallOutcome,
  CallView,
  Chosen,
  Code,
  DeskSettings,
  DeskView,
  Hours,
  InvitationKind,
  InvitationView,
  Invited,
  Opening,
  Representative,
  RingEnd,
  RingPurpose,
  RingView,
  SignInView,
  Status,
  WaitingVisitor,
} from '../protocol/generated';
export type { LinkState } from '../protocol/session';
