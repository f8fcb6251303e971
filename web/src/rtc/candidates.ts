// ICE candidates as browsers have them, and as they travel.

import type { Candidate } from '../protocol/generated';

export function toWire(candidate: RTCIceCandidate): Candidate {
  return {
    candidate: candidate.candidate,
    ...(candidate.sdpMid === null ? {} : { sdp_mid: candidate.sdpMid }),
    ...(candidate.sdpMLineIndex === null ? {} : { sdp_m_line_index: candidate.sdpMLineIndex }),
    ...(candidate.usernameFragment === null ? {} : { username_fragment: candidate.usernameFragment }),
  };
}

export function fromWire(wire: Candidate): RTCIceCandidateInit {
  return {
    candidate: wire.candidate,
    sdpMid: wire.sdp_mid ?? null,
    sdpMLineIndex: wire.sdp_m_line_index ?? null,
    usernameFragment: wire.username_fragment ?? null,
  };
}
