// What brings this tab back as who it was, after a reload. Without storage one comes back as somebody new.

export interface Seat {
  get(): string | null;
  set(continuation: string | null): void;
}

export function seatOf(server: URL, room: string): Seat {
  const key = `visavis.seat.${server.host}.${room}`;
  return {
    get() {
      try {
        return sessionStorage.getItem(key);
      } catch {
        return null;
      }
    },
    set(continuation) {
      try {
        if (continuation === null) sessionStorage.removeItem(key);
        else sessionStorage.setItem(key, continuation);
      } catch {
        // Then it is not kept.
      }
    },
  };
}
