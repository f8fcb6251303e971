// What is asked of a password: its length alone, counted as the server counts it.

import { m } from '../../messages/compiled/messages';

const SHORTEST = 10;
const LONGEST = 200;

export function passwordProblem(password: string): string | null {
  const length = [...password].length;
  return length < SHORTEST || length > LONGEST ? m.staff_password_invalid() : null;
}
