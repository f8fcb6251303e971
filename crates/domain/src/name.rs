//! Names people type: of rooms, and of themselves. Shown as typed, compared folded.
