// The golden samples of crates/protocol/samples, written here by `make gen`. Do not edit.
// The compiler holds them to the types; tests of the web client take their frames from here.

import type { ClientFrame, Code, Problem, ServerFrame, Ticket } from './generated';

export const clientFrames = {
  'command.ice_servers': {
    "type": "command",
    "id": 13,
    "command": {
      "type": "ice_servers"
    }
  },
  'command.join': {
    "type": "command",
    "id": 2,
    "command": {
      "type": "join",
      "room": "Café 42/é",
      "name": "Ana",
      "microphone": "live",
      "camera": "on",
      "media": "fresh"
    }
  },
  'command.join.continued': {
    "type": "command",
    "id": 3,
    "command": {
      "type": "join",
      "room": "café 42/é",
      "name": "Ana",
      "microphone": "absent",
      "camera": "absent",
      "continuation": "eyJhbGciOiJIUzI1NiJ9.e30.Y29udGludWF0aW9u",
      "media": "kept"
    }
  },
  'command.leave': {
    "type": "command",
    "id": 4,
    "command": {
      "type": "leave"
    }
  },
  'command.look': {
    "type": "command",
    "id": 1,
    "command": {
      "type": "look",
      "room": "Café 42/é"
    }
  },
  'command.media_close': {
    "type": "command",
    "id": 14,
    "command": {
      "type": "media_close"
    }
  },
  'command.media_offer': {
    "type": "command",
    "id": 12,
    "command": {
      "type": "media_offer",
      "fresh": true,
      "sdp": "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n",
      "tracks": [
        {
          "mid": "0",
          "source": "microphone"
        },
        {
          "mid": "1",
          "source": "camera",
          "layers": [
            {
              "rid": "q",
              "width": 320,
              "height": 180
            },
            {
              "rid": "h",
              "width": 640,
              "height": 360
            },
            {
              "rid": "f",
              "width": 1280,
              "height": 720
            }
          ]
        }
      ]
    }
  },
  'command.renew_media': {
    "type": "command",
    "id": 7,
    "command": {
      "type": "renew_media"
    }
  },
  'command.say': {
    "type": "command",
    "id": 12,
    "command": {
      "type": "say",
      "message": "m_deadbeefdeadbeefdeadbeefdeadbeef",
      "text": "<b>not bold</b>\nשלום 👋"
    }
  },
  'command.set_media': {
    "type": "command",
    "id": 6,
    "command": {
      "type": "set_media",
      "microphone": "muted",
      "camera": "off"
    }
  },
  'command.set_room': {
    "type": "command",
    "id": 15,
    "command": {
      "type": "set_room",
      "settings": {
        "route": "auto",
        "publishing": "everybody"
      }
    }
  },
  'command.set_room.pinned': {
    "type": "command",
    "id": 16,
    "command": {
      "type": "set_room",
      "settings": {
        "route": "peer_to_peer",
        "publishing": "host"
      }
    }
  },
  'command.signal.answer': {
    "type": "command",
    "id": 9,
    "command": {
      "type": "signal",
      "to": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6",
      "generation": 4,
      "signal": {
        "type": "description",
        "kind": "answer",
        "sdp": "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n",
        "tracks": []
      }
    }
  },
  'command.signal.candidate': {
    "type": "command",
    "id": 10,
    "command": {
      "type": "signal",
      "to": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6",
      "generation": 4,
      "signal": {
        "type": "candidate",
        "candidate": {
          "candidate": "candidate:1 1 udp 2122260223 192.0.2.7 50000 typ host",
          "sdp_mid": "0",
          "sdp_m_line_index": 0,
          "username_fragment": "EsAw"
        }
      }
    }
  },
  'command.signal.end_of_candidates': {
    "type": "command",
    "id": 11,
    "command": {
      "type": "signal",
      "to": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6",
      "generation": 4,
      "signal": {
        "type": "candidate",
        "candidate": {
          "candidate": ""
        }
      }
    }
  },
  'command.signal.offer': {
    "type": "command",
    "id": 8,
    "command": {
      "type": "signal",
      "to": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6",
      "generation": 4,
      "signal": {
        "type": "description",
        "kind": "offer",
        "sdp": "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n",
        "tracks": [
          {
            "mid": "0",
            "source": "microphone"
          },
          {
            "mid": "1",
            "source": "camera"
          },
          {
            "mid": "2",
            "source": "screen"
          },
          {
            "mid": "3",
            "source": "screen_audio"
          }
        ]
      }
    }
  },
  'command.snapshot': {
    "type": "command",
    "id": 5,
    "command": {
      "type": "snapshot"
    }
  },
  'command.view': {
    "type": "command",
    "id": 13,
    "command": {
      "type": "view",
      "videos": [
        {
          "participant": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6",
          "source": "screen",
          "width": 1280,
          "height": 720
        },
        {
          "participant": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6",
          "source": "camera",
          "width": 320,
          "height": 180
        }
      ]
    }
  },
  'hello': {
    "type": "hello",
    "protocol": 1,
    "ticket": "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl"
  },
  'ping': {
    "type": "ping",
    "received": 42
  },
  'resume': {
    "type": "resume",
    "session": "s_0123456789abcdef0123456789abcdef",
    "secret": "5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e",
    "received": 41
  },
} satisfies Record<string, ClientFrame>;

export const serverFrames = {
  'event.active_speaker': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "active_speaker",
      "participant": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6"
    }
  },
  'event.active_speaker.nobody': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "active_speaker",
      "participant": null
    }
  },
  'event.layers_wanted': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "layers_wanted",
      "source": "camera",
      "rids": [
        "q",
        "h"
      ]
    }
  },
  'event.media_lost': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "media_lost"
    }
  },
  'event.media_routed': {
    "type": "event",
    "topic": "room",
    "version": 11,
    "event": {
      "type": "media_routed",
      "route": "server"
    }
  },
  'event.message_said': {
    "type": "event",
    "topic": "chat",
    "version": 2,
    "event": {
      "type": "message_said",
      "message": {
        "id": "m_deadbeefdeadbeefdeadbeefdeadbeef",
        "from": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6",
        "name": "Zoë 👩‍💻",
        "text": "<b>not bold</b>\nשלום 👋",
        "at": 1763690409123
      }
    }
  },
  'event.participant_changed': {
    "type": "event",
    "topic": "room",
    "version": 9,
    "event": {
      "type": "participant_changed",
      "participant": {
        "id": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6",
        "name": "Zoë 👩‍💻",
        "order": 2,
        "epoch": 4,
        "presence": "connected",
        "microphone": "absent",
        "camera": "absent",
        "joined_at": 1763690401623
      }
    }
  },
  'event.participant_joined': {
    "type": "event",
    "topic": "room",
    "version": 8,
    "event": {
      "type": "participant_joined",
      "participant": {
        "id": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6",
        "name": "Zoë 👩‍💻",
        "order": 2,
        "epoch": 3,
        "presence": "reconnecting",
        "microphone": "muted",
        "camera": "off",
        "joined_at": 1763690401623
      }
    }
  },
  'event.participant_left.left': {
    "type": "event",
    "topic": "room",
    "version": 10,
    "event": {
      "type": "participant_left",
      "participant": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6",
      "reason": "left"
    }
  },
  'event.participant_left.lost': {
    "type": "event",
    "topic": "room",
    "version": 10,
    "event": {
      "type": "participant_left",
      "participant": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6",
      "reason": "lost"
    }
  },
  'event.participant_left.replaced': {
    "type": "event",
    "topic": "room",
    "version": 10,
    "event": {
      "type": "participant_left",
      "participant": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6",
      "reason": "replaced"
    }
  },
  'event.settings_changed': {
    "type": "event",
    "topic": "room",
    "version": 12,
    "event": {
      "type": "settings_changed",
      "settings": {
        "route": "server",
        "publishing": "host"
      }
    }
  },
  'event.signalled': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "signalled",
      "from": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6",
      "call": "c_c0ffee00c0ffee00c0ffee00c0ffee00",
      "generation": 4,
      "signal": {
        "type": "description",
        "kind": "answer",
        "sdp": "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n",
        "tracks": []
      }
    }
  },
  'event.slots_assigned': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "slots_assigned",
      "slots": [
        {
          "mid": "2",
          "participant": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6",
          "source": "microphone"
        },
        {
          "mid": "5",
          "participant": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6",
          "source": "camera"
        }
      ]
    }
  },
  'fault': {
    "type": "fault",
    "code": "malformed"
  },
  'pong': {
    "type": "pong"
  },
  'refused': {
    "type": "refused",
    "code": "ticket_invalid"
  },
  'rejection': {
    "type": "rejection",
    "id": 3,
    "code": "room_full"
  },
  'reply.done': {
    "type": "reply",
    "id": 3,
    "reply": {
      "type": "done"
    }
  },
  'reply.ice_servers': {
    "type": "reply",
    "id": 3,
    "reply": {
      "type": "ice_servers",
      "ice_servers": [
        {
          "urls": [
            "stun:visavis.example:443"
          ]
        },
        {
          "urls": [
            "turn:visavis.example:443?transport=udp",
            "turns:visavis.example:443?transport=tcp"
          ],
          "username": "1763690700:0123456789abcdef",
          "credential": "c2VjcmV0"
        }
      ]
    }
  },
  'reply.joined': {
    "type": "reply",
    "id": 3,
    "reply": {
      "type": "joined",
      "participant": "p_00000000000000000000000000000001",
      "continuation": "eyJhbGciOiJIUzI1NiJ9.e30.Y29udGludWF0aW9u",
      "room": {
        "name": "Café 42/é",
        "call": "c_c0ffee00c0ffee00c0ffee00c0ffee00",
        "participants": [
          {
            "id": "p_00000000000000000000000000000001",
            "name": "Ana",
            "order": 1,
            "epoch": 1,
            "presence": "connected",
            "microphone": "live",
            "camera": "on",
            "joined_at": 1763690400123
          },
          {
            "id": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6",
            "name": "Zoë 👩‍💻",
            "order": 2,
            "epoch": 3,
            "presence": "reconnecting",
            "microphone": "muted",
            "camera": "off",
            "joined_at": 1763690401623
          }
        ],
        "route": "peer_to_peer",
        "settings": {
          "route": "auto",
          "publishing": "everybody"
        },
        "version": 7,
        "messages": [
          {
            "id": "m_deadbeefdeadbeefdeadbeefdeadbeef",
            "from": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6",
            "name": "Zoë 👩‍💻",
            "text": "<b>not bold</b>\nשלום 👋",
            "at": 1763690409123
          }
        ],
        "chat_version": 1
      },
      "ice_servers": [
        {
          "urls": [
            "stun:visavis.example:443"
          ]
        },
        {
          "urls": [
            "turn:visavis.example:443?transport=udp",
            "turns:visavis.example:443?transport=tcp"
          ],
          "username": "1763690700:0123456789abcdef",
          "credential": "c2VjcmV0"
        }
      ]
    }
  },
  'reply.media_answer': {
    "type": "reply",
    "id": 12,
    "reply": {
      "type": "media_answer",
      "sdp": "v=0\r\no=- 3 4 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
    }
  },
  'reply.snapshot': {
    "type": "reply",
    "id": 3,
    "reply": {
      "type": "snapshot",
      "room": {
        "name": "Café 42/é",
        "call": "c_c0ffee00c0ffee00c0ffee00c0ffee00",
        "participants": [
          {
            "id": "p_00000000000000000000000000000001",
            "name": "Ana",
            "order": 1,
            "epoch": 1,
            "presence": "connected",
            "microphone": "live",
            "camera": "on",
            "joined_at": 1763690400123
          },
          {
            "id": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6",
            "name": "Zoë 👩‍💻",
            "order": 2,
            "epoch": 3,
            "presence": "reconnecting",
            "microphone": "muted",
            "camera": "off",
            "joined_at": 1763690401623
          }
        ],
        "route": "peer_to_peer",
        "settings": {
          "route": "auto",
          "publishing": "everybody"
        },
        "version": 7,
        "messages": [
          {
            "id": "m_deadbeefdeadbeefdeadbeefdeadbeef",
            "from": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6",
            "name": "Zoë 👩‍💻",
            "text": "<b>not bold</b>\nשלום 👋",
            "at": 1763690409123
          }
        ],
        "chat_version": 1
      }
    }
  },
  'reply.summary': {
    "type": "reply",
    "id": 3,
    "reply": {
      "type": "summary",
      "room": {
        "present": [
          "Ana",
          "Zoë 👩‍💻"
        ],
        "limit": 4
      }
    }
  },
  'resumed': {
    "type": "resumed",
    "executed": 12
  },
  'welcome': {
    "type": "welcome",
    "session": "s_0123456789abcdef0123456789abcdef",
    "secret": "5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e",
    "grace_ms": 15000
  },
} satisfies Record<string, ServerFrame>;

export const ticket = {
  "ticket": "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl",
  "expires_in": 60
} satisfies Ticket;

export const problem = {
  "title": "Too many tickets; try again later",
  "status": 429,
  "code": "rate_limited"
} satisfies Problem;

export const codes = [
  "malformed",
  "too_large",
  "rate_limited",
  "ticket_invalid",
  "protocol_unsupported",
  "session_unknown",
  "resync",
  "not_in_room",
  "already_in_room",
  "room_name_invalid",
  "name_invalid",
  "room_full",
  "continuation_invalid",
  "participant_unknown",
  "stale_generation",
  "message_invalid",
  "media_invalid",
  "media_unknown",
  "not_host",
  "try_again",
  "internal"
] satisfies Code[];
