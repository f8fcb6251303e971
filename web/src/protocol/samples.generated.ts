// The golden samples of crates/protocol/samples, written here by `make gen`. Do not edit.
// The compiler holds them to the types; tests of the web client take their frames from here.

import type {
  AccountView,
  ApiKeyView,
  AppointmentChange,
  AppointmentList,
  AppointmentMove,
  AppointmentOutcome,
  AppointmentView,
  AuditPage,
  AuditView,
  CallNote,
  CallPage,
  CallView,
  ClientAppointment,
  ClientFrame,
  Code,
  DeliveryPage,
  DeskSettings,
  DeskView,
  InvitationAcceptance,
  InvitationToken,
  InvitationView,
  Invited,
  LinkProblem,
  LinkToken,
  LoungeRemoval,
  LoungeRoomSettings,
  LoungeRoomView,
  MadeApiKey,
  MadeWebhook,
  MailPreview,
  MailRequest,
  NewApiKey,
  NewAppointment,
  NewLink,
  NewPerson,
  NewRoomToken,
  NewWebhook,
  OpenRoomDetail,
  OpenRooms,
  PasswordChange,
  PasswordProof,
  PeoplePage,
  PersonChange,
  Problem,
  ProfileChange,
  ReplayRequest,
  Replayed,
  RoomToken,
  SentFile,
  ServerFrame,
  SignInOptions,
  SignInRequest,
  SignInView,
  StaffDesk,
  Ticket,
  TicketRequest,
  TotpConfirmation,
  TotpOffer,
  WebhookChange,
  WebhookEvent,
  WebhookSecret,
  WebhookView,
} from './generated';

export const clientFrames = {
  'command.accept_ring': {
    "type": "command",
    "id": 3,
    "command": {
      "type": "accept_ring",
      "ring": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617"
    }
  },
  'command.admit': {
    "type": "command",
    "id": 3,
    "command": {
      "type": "admit",
      "appointment": "a_3b7e19c05d2f4a6889b1c0d2e3f4a5b6"
    }
  },
  'command.admit_knocks': {
    "type": "command",
    "id": 406,
    "command": {
      "type": "admit_knocks",
      "knocks": [
        "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6"
      ]
    }
  },
  'command.be_ready': {
    "type": "command",
    "id": 3,
    "command": {
      "type": "be_ready"
    }
  },
  'command.call_desk': {
    "type": "command",
    "id": 21,
    "command": {
      "type": "call_desk",
      "representative": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
      "name": "Zoë 👩‍💻",
      "about": "Water damage <kitchen>, since Monday"
    }
  },
  'command.call_desk.first_free': {
    "type": "command",
    "id": 21,
    "command": {
      "type": "call_desk",
      "name": "Omar",
      "about": ""
    }
  },
  'command.cancel_ring': {
    "type": "command",
    "id": 24,
    "command": {
      "type": "cancel_ring",
      "ring": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617"
    }
  },
  'command.close_conversation': {
    "type": "command",
    "id": 7,
    "command": {
      "type": "close_conversation",
      "person": "u_2e1d8b63c7e95f1a0b4c6d8eaf203b5c"
    }
  },
  'command.decline_ring': {
    "type": "command",
    "id": 3,
    "command": {
      "type": "decline_ring",
      "ring": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617"
    }
  },
  'command.delete_message': {
    "type": "command",
    "id": 7,
    "command": {
      "type": "delete_message",
      "message": "m_7c302be4f51666d98cabd2e3f4051627"
    }
  },
  'command.earlier_messages': {
    "type": "command",
    "id": 7,
    "command": {
      "type": "earlier_messages",
      "place": {
        "type": "lounge_room",
        "room": "o_5a1e09c2d3f44b76a8b9c0d1e2f30415"
      },
      "before": 41
    }
  },
  'command.edit_message': {
    "type": "command",
    "id": 7,
    "command": {
      "type": "edit_message",
      "message": "m_7c302be4f51666d98cabd2e3f4051627",
      "text": "hello, all"
    }
  },
  'command.end_room': {
    "type": "command",
    "id": 412,
    "command": {
      "type": "end_room"
    }
  },
  'command.enter_lounge': {
    "type": "command",
    "id": 7,
    "command": {
      "type": "enter_lounge",
      "name": "Ana",
      "use_here": false
    }
  },
  'command.enter_lounge.use_here': {
    "type": "command",
    "id": 7,
    "command": {
      "type": "enter_lounge",
      "name": "Ana",
      "room": "o_6b2f1ad3e40555c87b9ac1d2e3f40516",
      "use_here": true
    }
  },
  'command.hold': {
    "type": "command",
    "id": 3,
    "command": {
      "type": "hold",
      "appointment": "a_3b7e19c05d2f4a6889b1c0d2e3f4a5b6"
    }
  },
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
  'command.join.password': {
    "type": "command",
    "id": 424,
    "command": {
      "type": "join",
      "room": "Café 42/é",
      "name": "Ana",
      "microphone": "live",
      "camera": "on",
      "password": "open sesame",
      "media": "fresh"
    }
  },
  'command.join_call': {
    "type": "command",
    "id": 25,
    "command": {
      "type": "join_call",
      "ring": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617",
      "microphone": "live",
      "camera": "off",
      "media": "fresh"
    }
  },
  'command.join_call.continued': {
    "type": "command",
    "id": 2,
    "command": {
      "type": "join_call",
      "ring": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617",
      "microphone": "muted",
      "camera": "on",
      "continuation": "eyJhbGciOiJIUzI1NiJ9.e30.Y29udGludWF0aW9u",
      "media": "kept"
    }
  },
  'command.jump': {
    "type": "command",
    "id": 7,
    "command": {
      "type": "jump",
      "room": "o_6b2f1ad3e40555c87b9ac1d2e3f40516"
    }
  },
  'command.knock': {
    "type": "command",
    "id": 401,
    "command": {
      "type": "knock",
      "room": "Café 42",
      "name": "Ana"
    }
  },
  'command.knock.password': {
    "type": "command",
    "id": 402,
    "command": {
      "type": "knock",
      "room": "Café 42",
      "name": "Ana",
      "password": "open sesame"
    }
  },
  'command.leave': {
    "type": "command",
    "id": 4,
    "command": {
      "type": "leave"
    }
  },
  'command.leave_lounge': {
    "type": "command",
    "id": 7,
    "command": {
      "type": "leave_lounge"
    }
  },
  'command.leave_queue': {
    "type": "command",
    "id": 23,
    "command": {
      "type": "leave_queue"
    }
  },
  'command.leave_waiting_room': {
    "type": "command",
    "id": 3,
    "command": {
      "type": "leave_waiting_room"
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
  'command.lower_hand': {
    "type": "command",
    "id": 414,
    "command": {
      "type": "lower_hand",
      "participant": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6"
    }
  },
  'command.make_host': {
    "type": "command",
    "id": 411,
    "command": {
      "type": "make_host",
      "participant": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6"
    }
  },
  'command.mark_conversation': {
    "type": "command",
    "id": 7,
    "command": {
      "type": "mark_conversation",
      "person": "u_2e1d8b63c7e95f1a0b4c6d8eaf203b5c",
      "delivered": 12,
      "read": 11
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
  'command.mute': {
    "type": "command",
    "id": 408,
    "command": {
      "type": "mute"
    }
  },
  'command.mute.one': {
    "type": "command",
    "id": 409,
    "command": {
      "type": "mute",
      "participant": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6"
    }
  },
  'command.offer_file': {
    "type": "command",
    "id": 7,
    "command": {
      "type": "offer_file",
      "place": {
        "type": "conversation",
        "person": "u_2e1d8b63c7e95f1a0b4c6d8eaf203b5c"
      },
      "name": "plan.png",
      "size": 48213
    }
  },
  'command.open_console': {
    "type": "command",
    "id": 1,
    "command": {
      "type": "open_console"
    }
  },
  'command.open_conversation': {
    "type": "command",
    "id": 7,
    "command": {
      "type": "open_conversation",
      "person": "u_2e1d8b63c7e95f1a0b4c6d8eaf203b5c"
    }
  },
  'command.open_lounge': {
    "type": "command",
    "id": 1,
    "command": {
      "type": "open_lounge"
    }
  },
  'command.open_waiting_chat': {
    "type": "command",
    "id": 3,
    "command": {
      "type": "open_waiting_chat",
      "appointment": "a_3b7e19c05d2f4a6889b1c0d2e3f4a5b6"
    }
  },
  'command.open_waiting_room': {
    "type": "command",
    "id": 3,
    "command": {
      "type": "open_waiting_room"
    }
  },
  'command.post': {
    "type": "command",
    "id": 7,
    "command": {
      "type": "post",
      "place": {
        "type": "lounge_room",
        "room": "o_5a1e09c2d3f44b76a8b9c0d1e2f30415"
      },
      "message": "m_7c302be4f51666d98cabd2e3f4051627",
      "text": "hello"
    }
  },
  'command.post.file': {
    "type": "command",
    "id": 7,
    "command": {
      "type": "post",
      "place": {
        "type": "conversation",
        "person": "u_2e1d8b63c7e95f1a0b4c6d8eaf203b5c"
      },
      "message": "m_8d413cf50627770a9dbce3f405162738",
      "text": "",
      "file": "f_9e524d06173888b1aecdf40516273849"
    }
  },
  'command.queue_up': {
    "type": "command",
    "id": 22,
    "command": {
      "type": "queue_up",
      "name": "Omar",
      "about": "Poliçem hakkında"
    }
  },
  'command.rate_call': {
    "type": "command",
    "id": 26,
    "command": {
      "type": "rate_call",
      "ring": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617",
      "stars": 5,
      "comment": "Schnell & freundlich 👍"
    }
  },
  'command.rate_call.without_words': {
    "type": "command",
    "id": 26,
    "command": {
      "type": "rate_call",
      "ring": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617",
      "stars": 1,
      "comment": ""
    }
  },
  'command.react.agree': {
    "type": "command",
    "id": 415,
    "command": {
      "type": "react",
      "reaction": "agree"
    }
  },
  'command.react.applause': {
    "type": "command",
    "id": 416,
    "command": {
      "type": "react",
      "reaction": "applause"
    }
  },
  'command.react.celebrate': {
    "type": "command",
    "id": 420,
    "command": {
      "type": "react",
      "reaction": "celebrate"
    }
  },
  'command.react.heart': {
    "type": "command",
    "id": 417,
    "command": {
      "type": "react",
      "reaction": "heart"
    }
  },
  'command.react.laugh': {
    "type": "command",
    "id": 418,
    "command": {
      "type": "react",
      "reaction": "laugh"
    }
  },
  'command.react.surprise': {
    "type": "command",
    "id": 419,
    "command": {
      "type": "react",
      "reaction": "surprise"
    }
  },
  'command.refuse_knocks': {
    "type": "command",
    "id": 407,
    "command": {
      "type": "refuse_knocks",
      "knocks": [
        "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6"
      ]
    }
  },
  'command.remove': {
    "type": "command",
    "id": 410,
    "command": {
      "type": "remove",
      "participant": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6"
    }
  },
  'command.remove_member': {
    "type": "command",
    "id": 7,
    "command": {
      "type": "remove_member",
      "person": "u_3d2e9c74d8fa602b1c5d7e9fb0314c6d"
    }
  },
  'command.renew_media': {
    "type": "command",
    "id": 7,
    "command": {
      "type": "renew_media"
    }
  },
  'command.ring_colleague.bring_in': {
    "type": "command",
    "id": 8,
    "command": {
      "type": "ring_colleague",
      "person": "u_2b7e151628aed2a6abf7158809cf4f3c",
      "purpose": "bring_in"
    }
  },
  'command.ring_colleague.transfer': {
    "type": "command",
    "id": 9,
    "command": {
      "type": "ring_colleague",
      "person": "u_2b7e151628aed2a6abf7158809cf4f3c",
      "purpose": "transfer"
    }
  },
  'command.ring_member': {
    "type": "command",
    "id": 7,
    "command": {
      "type": "ring_member",
      "person": "u_2e1d8b63c7e95f1a0b4c6d8eaf203b5c"
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
  'command.say.file': {
    "type": "command",
    "id": 12,
    "command": {
      "type": "say",
      "message": "m_deadbeefdeadbeefdeadbeefdeadbee0",
      "text": "",
      "file": {
        "id": "f_f11ef11ef11ef11ef11ef11ef11ef11e",
        "name": "plan.pdf",
        "size": 5242880
      }
    }
  },
  'command.say_waiting': {
    "type": "command",
    "id": 3,
    "command": {
      "type": "say_waiting",
      "appointment": "a_3b7e19c05d2f4a6889b1c0d2e3f4a5b6",
      "message": "m_00112233445566778899aabbccddeeff",
      "text": "Five minutes, please 🙏\n<b>no markup</b>"
    }
  },
  'command.set_availability': {
    "type": "command",
    "id": 5,
    "command": {
      "type": "set_availability",
      "online": true,
      "chosen": "available"
    }
  },
  'command.set_availability.chosen': {
    "type": "command",
    "id": 4,
    "command": {
      "type": "set_availability",
      "chosen": "away"
    }
  },
  'command.set_availability.offline': {
    "type": "command",
    "id": 7,
    "command": {
      "type": "set_availability",
      "online": false
    }
  },
  'command.set_availability.online': {
    "type": "command",
    "id": 2,
    "command": {
      "type": "set_availability",
      "online": true
    }
  },
  'command.set_availability.unavailable': {
    "type": "command",
    "id": 6,
    "command": {
      "type": "set_availability",
      "chosen": "unavailable"
    }
  },
  'command.set_blocked': {
    "type": "command",
    "id": 7,
    "command": {
      "type": "set_blocked",
      "person": "u_2e1d8b63c7e95f1a0b4c6d8eaf203b5c",
      "blocked": true
    }
  },
  'command.set_hand': {
    "type": "command",
    "id": 413,
    "command": {
      "type": "set_hand",
      "raised": true
    }
  },
  'command.set_idle': {
    "type": "command",
    "id": 7,
    "command": {
      "type": "set_idle",
      "idle": true
    }
  },
  'command.set_media': {
    "type": "command",
    "id": 6,
    "command": {
      "type": "set_media",
      "microphone": "muted",
      "camera": "off",
      "screen": "off"
    }
  },
  'command.set_media.screen': {
    "type": "command",
    "id": 421,
    "command": {
      "type": "set_media",
      "microphone": "live",
      "camera": "on",
      "screen": "shared"
    }
  },
  'command.set_password': {
    "type": "command",
    "id": 404,
    "command": {
      "type": "set_password",
      "password": "open sesame"
    }
  },
  'command.set_password.none': {
    "type": "command",
    "id": 405,
    "command": {
      "type": "set_password"
    }
  },
  'command.set_room': {
    "type": "command",
    "id": 15,
    "command": {
      "type": "set_room",
      "settings": {
        "route": "auto",
        "publishing": "everybody",
        "entry": "open"
      }
    }
  },
  'command.set_room.lobby': {
    "type": "command",
    "id": 422,
    "command": {
      "type": "set_room",
      "settings": {
        "route": "auto",
        "publishing": "everybody",
        "entry": "lobby"
      }
    }
  },
  'command.set_room.locked': {
    "type": "command",
    "id": 423,
    "command": {
      "type": "set_room",
      "settings": {
        "route": "auto",
        "publishing": "everybody",
        "entry": "locked"
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
        "publishing": "host",
        "entry": "open"
      }
    }
  },
  'command.set_status': {
    "type": "command",
    "id": 7,
    "command": {
      "type": "set_status",
      "chosen": "away",
      "text": "back at three"
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
  'command.signal_file.answer': {
    "type": "command",
    "id": 13,
    "command": {
      "type": "signal_file",
      "to": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6",
      "file": "f_f11ef11ef11ef11ef11ef11ef11ef11e",
      "attempt": 4021337,
      "signal": {
        "type": "description",
        "kind": "answer",
        "sdp": "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
      }
    }
  },
  'command.signal_file.candidate': {
    "type": "command",
    "id": 13,
    "command": {
      "type": "signal_file",
      "to": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6",
      "file": "f_f11ef11ef11ef11ef11ef11ef11ef11e",
      "attempt": 4021337,
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
  'command.signal_file.gone': {
    "type": "command",
    "id": 13,
    "command": {
      "type": "signal_file",
      "to": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6",
      "file": "f_f11ef11ef11ef11ef11ef11ef11ef11e",
      "attempt": 4021337,
      "signal": {
        "type": "gone"
      }
    }
  },
  'command.signal_file.offer': {
    "type": "command",
    "id": 13,
    "command": {
      "type": "signal_file",
      "to": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6",
      "file": "f_f11ef11ef11ef11ef11ef11ef11ef11e",
      "attempt": 4021337,
      "signal": {
        "type": "description",
        "kind": "offer",
        "sdp": "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
      }
    }
  },
  'command.signal_file.wanted': {
    "type": "command",
    "id": 13,
    "command": {
      "type": "signal_file",
      "to": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6",
      "file": "f_f11ef11ef11ef11ef11ef11ef11ef11e",
      "attempt": 4021337,
      "signal": {
        "type": "wanted"
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
  'command.stop_knocking': {
    "type": "command",
    "id": 403,
    "command": {
      "type": "stop_knocking"
    }
  },
  'command.type': {
    "type": "command",
    "id": 7,
    "command": {
      "type": "type",
      "person": "u_2e1d8b63c7e95f1a0b4c6d8eaf203b5c"
    }
  },
  'command.unwatch_desk': {
    "type": "command",
    "id": 30,
    "command": {
      "type": "unwatch_desk"
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
  'command.watch_desk': {
    "type": "command",
    "id": 20,
    "command": {
      "type": "watch_desk",
      "desk": "claims"
    }
  },
  'hello': {
    "type": "hello",
    "protocol": 1,
    "ticket": "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl"
  },
  'hello.again': {
    "type": "hello",
    "protocol": 1,
    "ticket": "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl",
    "earlier": {
      "session": "s_000102030405060708090a0b0c0d0e0f",
      "secret": "abababababababababababababababababababababababababababababababab"
    }
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
  'event.appointment_changed': {
    "type": "event",
    "topic": "appointments",
    "event": {
      "type": "appointment_changed",
      "appointment": "a_3b7e19c05d2f4a6889b1c0d2e3f4a5b6"
    }
  },
  'event.conversation_changed': {
    "type": "event",
    "topic": "lounge",
    "event": {
      "type": "conversation_changed",
      "person": "u_2e1d8b63c7e95f1a0b4c6d8eaf203b5c",
      "closed": true
    }
  },
  'event.conversation_marked': {
    "type": "event",
    "topic": "lounge",
    "event": {
      "type": "conversation_marked",
      "person": "u_2e1d8b63c7e95f1a0b4c6d8eaf203b5c",
      "delivered": 13,
      "read": 12
    }
  },
  'event.desk_changed': {
    "type": "event",
    "topic": "desk",
    "event": {
      "type": "desk_changed",
      "desk": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e"
    }
  },
  'event.file_signalled': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "file_signalled",
      "from": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6",
      "file": "f_f11ef11ef11ef11ef11ef11ef11ef11e",
      "attempt": 4021337,
      "signal": {
        "type": "description",
        "kind": "offer",
        "sdp": "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
      }
    }
  },
  'event.host_changed': {
    "type": "event",
    "topic": "room",
    "version": 14,
    "event": {
      "type": "host_changed",
      "host": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6"
    }
  },
  'event.host_changed.nobody': {
    "type": "event",
    "topic": "room",
    "version": 15,
    "event": {
      "type": "host_changed",
      "host": null
    }
  },
  'event.knock_answered.admitted': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "knock_answered",
      "answer": "admitted"
    }
  },
  'event.knock_answered.locked': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "knock_answered",
      "answer": "locked"
    }
  },
  'event.knock_answered.opened': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "knock_answered",
      "answer": "opened"
    }
  },
  'event.knock_answered.refused': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "knock_answered",
      "answer": "refused"
    }
  },
  'event.knocks_changed': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "knocks_changed",
      "knocks": [
        {
          "id": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6",
          "name": "Ana",
          "since": 1767225600000
        }
      ]
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
  'event.lounge_changed': {
    "type": "event",
    "topic": "lounge",
    "event": {
      "type": "lounge_changed"
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
      "route": "server",
      "generation": 1
    }
  },
  'event.member_changed': {
    "type": "event",
    "topic": "lounge",
    "event": {
      "type": "member_changed",
      "member": {
        "id": "u_3d2e9c74d8fa602b1c5d7e9fb0314c6d",
        "name": "Cem",
        "account": false,
        "status": "away",
        "text": "lunch",
        "talks": 0,
        "version": 1763708400003
      }
    }
  },
  'event.member_gone': {
    "type": "event",
    "topic": "lounge",
    "event": {
      "type": "member_gone",
      "person": "u_3d2e9c74d8fa602b1c5d7e9fb0314c6d"
    }
  },
  'event.member_joined': {
    "type": "event",
    "topic": "lounge",
    "event": {
      "type": "member_joined",
      "room": "o_5a1e09c2d3f44b76a8b9c0d1e2f30415",
      "member": {
        "id": "u_3d2e9c74d8fa602b1c5d7e9fb0314c6d",
        "name": "Cem",
        "account": false,
        "status": "available",
        "text": "",
        "talks": 0,
        "version": 1763708400003
      }
    }
  },
  'event.member_left': {
    "type": "event",
    "topic": "lounge",
    "event": {
      "type": "member_left",
      "room": "o_5a1e09c2d3f44b76a8b9c0d1e2f30415",
      "person": "u_3d2e9c74d8fa602b1c5d7e9fb0314c6d"
    }
  },
  'event.message_changed.deleted': {
    "type": "event",
    "topic": "lounge",
    "event": {
      "type": "message_changed",
      "place": {
        "type": "lounge_room",
        "room": "o_5a1e09c2d3f44b76a8b9c0d1e2f30415"
      },
      "message": {
        "id": "m_7c302be4f51666d98cabd2e3f4051627",
        "number": 41,
        "from": "u_1f0c7a52b6d84e0f9a3b5c7d9e1f2a4b",
        "name": "Ana",
        "text": "",
        "at": 1763708405000,
        "deleted": true
      }
    }
  },
  'event.message_changed.edited': {
    "type": "event",
    "topic": "lounge",
    "event": {
      "type": "message_changed",
      "place": {
        "type": "lounge_room",
        "room": "o_5a1e09c2d3f44b76a8b9c0d1e2f30415"
      },
      "message": {
        "id": "m_7c302be4f51666d98cabd2e3f4051627",
        "number": 41,
        "from": "u_1f0c7a52b6d84e0f9a3b5c7d9e1f2a4b",
        "name": "Ana",
        "text": "hello, all",
        "at": 1763708405000,
        "edited_at": 1763708460000,
        "deleted": false
      }
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
  'event.message_said.file': {
    "type": "event",
    "topic": "chat",
    "version": 3,
    "event": {
      "type": "message_said",
      "message": {
        "id": "m_deadbeefdeadbeefdeadbeefdeadbee0",
        "from": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6",
        "name": "Zoë 👩‍💻",
        "text": "",
        "file": {
          "id": "f_f11ef11ef11ef11ef11ef11ef11ef11e",
          "name": "plan.pdf",
          "size": 5242880
        },
        "at": 1763690409999
      }
    }
  },
  'event.muted': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "muted"
    }
  },
  'event.own_changed.attending': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "own_changed",
      "own": {
        "online": false,
        "chosen": "available",
        "status": "ringing",
        "missed": false,
        "engagement": {
          "type": "attending",
          "appointment": "a_3b7e19c05d2f4a6889b1c0d2e3f4a5b6",
          "since": 1763708401000,
          "held": false
        },
        "version": 1763708400007
      }
    }
  },
  'event.own_changed.attending.held': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "own_changed",
      "own": {
        "online": false,
        "chosen": "available",
        "status": "ringing",
        "missed": false,
        "engagement": {
          "type": "attending",
          "appointment": "a_3b7e19c05d2f4a6889b1c0d2e3f4a5b6",
          "since": 1763708401000,
          "held": true
        },
        "version": 1763708400009
      }
    }
  },
  'event.own_changed.away_after_a_missed_ring': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "own_changed",
      "own": {
        "online": true,
        "chosen": "away",
        "status": "away",
        "missed": true,
        "version": 1763708400011
      }
    }
  },
  'event.own_changed.called': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "own_changed",
      "own": {
        "online": true,
        "chosen": "available",
        "status": "ringing",
        "missed": false,
        "engagement": {
          "type": "called",
          "ring": {
            "id": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617",
            "desk": {
              "id": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
              "slug": "claims",
              "name": "Claims"
            },
            "purpose": "desk",
            "caller": {
              "id": "u_9d2c7b81f0e34a5cb6a798d0e1f2a3b4",
              "name": "Zoë 👩‍💻"
            },
            "callee": {
              "id": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
              "name": "Elif Yılmaz"
            },
            "visitor": {
              "id": "u_9d2c7b81f0e34a5cb6a798d0e1f2a3b4",
              "name": "Zoë 👩‍💻"
            },
            "about": "Water damage <kitchen>, since Monday",
            "started_at": 1763708401204,
            "rings_until": 1763708431204
          }
        },
        "version": 1763708400016
      }
    }
  },
  'event.own_changed.called.bring_in': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "own_changed",
      "own": {
        "online": true,
        "chosen": "available",
        "status": "ringing",
        "missed": false,
        "engagement": {
          "type": "called",
          "ring": {
            "id": "r_6b2f1d8ea4c95037b1e2d3c4f5061728",
            "desk": {
              "id": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
              "slug": "claims",
              "name": "Claims"
            },
            "purpose": "bring_in",
            "into": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617",
            "caller": {
              "id": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
              "name": "Elif Yılmaz"
            },
            "callee": {
              "id": "u_2b7e151628aed2a6abf7158809cf4f3c",
              "name": "Jonas Weiß"
            },
            "visitor": {
              "id": "u_9d2c7b81f0e34a5cb6a798d0e1f2a3b4",
              "name": "Zoë 👩‍💻"
            },
            "about": "Water damage <kitchen>, since Monday",
            "started_at": 1763708490000,
            "rings_until": 1763708520000
          }
        },
        "version": 1763708400015
      }
    }
  },
  'event.own_changed.called.conversation': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "own_changed",
      "own": {
        "online": false,
        "chosen": "available",
        "status": "ringing",
        "missed": false,
        "engagement": {
          "type": "called",
          "ring": {
            "id": "r_0a635e17284999c2bfde051627384950",
            "purpose": "conversation",
            "caller": {
              "id": "u_1f0c7a52b6d84e0f9a3b5c7d9e1f2a4b",
              "name": "Ana"
            },
            "callee": {
              "id": "u_2e1d8b63c7e95f1a0b4c6d8eaf203b5c",
              "name": "Ben"
            },
            "visitor": {
              "id": "u_1f0c7a52b6d84e0f9a3b5c7d9e1f2a4b",
              "name": "Ana"
            },
            "about": "",
            "started_at": 1763708400000,
            "rings_until": 1763708430000
          }
        },
        "version": 1763708400003
      }
    }
  },
  'event.own_changed.called.transfer': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "own_changed",
      "own": {
        "online": true,
        "chosen": "available",
        "status": "ringing",
        "missed": false,
        "engagement": {
          "type": "called",
          "ring": {
            "id": "r_7c302e9fb5da6148c2f3e4d506172839",
            "desk": {
              "id": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
              "slug": "claims",
              "name": "Claims"
            },
            "purpose": "transfer",
            "into": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617",
            "caller": {
              "id": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
              "name": "Elif Yılmaz"
            },
            "callee": {
              "id": "u_2b7e151628aed2a6abf7158809cf4f3c",
              "name": "Jonas Weiß"
            },
            "visitor": {
              "id": "u_9d2c7b81f0e34a5cb6a798d0e1f2a3b4",
              "name": "Zoë 👩‍💻"
            },
            "about": "Water damage <kitchen>, since Monday",
            "started_at": 1763708490000,
            "rings_until": 1763708520000
          }
        },
        "version": 1763708400015
      }
    }
  },
  'event.own_changed.called.without_desk': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "own_changed",
      "own": {
        "online": true,
        "chosen": "available",
        "status": "ringing",
        "missed": false,
        "engagement": {
          "type": "called",
          "ring": {
            "id": "r_6b2f1d8ea4c95037b1e2d3c4f5061728",
            "purpose": "bring_in",
            "into": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617",
            "caller": {
              "id": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
              "name": "Elif Yılmaz"
            },
            "callee": {
              "id": "u_2b7e151628aed2a6abf7158809cf4f3c",
              "name": "Jonas Weiß"
            },
            "visitor": {
              "id": "u_9d2c7b81f0e34a5cb6a798d0e1f2a3b4",
              "name": "Zoë 👩‍💻"
            },
            "about": "",
            "started_at": 1763708490000,
            "rings_until": 1763708520000
          }
        },
        "version": 1763708400015
      }
    }
  },
  'event.own_changed.calling': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "own_changed",
      "own": {
        "online": false,
        "chosen": "available",
        "status": "ringing",
        "missed": false,
        "engagement": {
          "type": "calling",
          "ring": {
            "id": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617",
            "desk": {
              "id": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
              "slug": "claims",
              "name": "Claims"
            },
            "purpose": "desk",
            "caller": {
              "id": "u_9d2c7b81f0e34a5cb6a798d0e1f2a3b4",
              "name": "Zoë 👩‍💻"
            },
            "callee": {
              "id": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
              "name": "Elif Yılmaz"
            },
            "visitor": {
              "id": "u_9d2c7b81f0e34a5cb6a798d0e1f2a3b4",
              "name": "Zoë 👩‍💻"
            },
            "about": "Water damage <kitchen>, since Monday",
            "started_at": 1763708401204,
            "rings_until": 1763708431204
          }
        },
        "version": 1763708400020
      }
    }
  },
  'event.own_changed.free': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "own_changed",
      "own": {
        "online": true,
        "chosen": "available",
        "status": "available",
        "missed": false,
        "version": 1763708400010
      }
    }
  },
  'event.own_changed.in_call': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "own_changed",
      "own": {
        "online": false,
        "chosen": "available",
        "status": "in_call",
        "missed": false,
        "engagement": {
          "type": "in_call",
          "ring": {
            "id": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617",
            "desk": {
              "id": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
              "slug": "claims",
              "name": "Claims"
            },
            "purpose": "desk",
            "caller": {
              "id": "u_9d2c7b81f0e34a5cb6a798d0e1f2a3b4",
              "name": "Zoë 👩‍💻"
            },
            "callee": {
              "id": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
              "name": "Elif Yılmaz"
            },
            "visitor": {
              "id": "u_9d2c7b81f0e34a5cb6a798d0e1f2a3b4",
              "name": "Zoë 👩‍💻"
            },
            "about": "Water damage <kitchen>, since Monday",
            "started_at": 1763708401204,
            "rings_until": 1763708431204,
            "accepted_at": 1763708405310
          }
        },
        "version": 1763708400021
      }
    }
  },
  'event.own_changed.in_call.appointment': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "own_changed",
      "own": {
        "online": false,
        "chosen": "available",
        "status": "in_call",
        "missed": false,
        "engagement": {
          "type": "in_call",
          "ring": {
            "id": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617",
            "purpose": "appointment",
            "appointment": "a_3b7e19c05d2f4a6889b1c0d2e3f4a5b6",
            "caller": {
              "id": "u_9d2c7b81f0e34a5cb6a798d0e1f2a3b4",
              "name": "Cem Yıldız"
            },
            "callee": {
              "id": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
              "name": "Elif Yılmaz"
            },
            "visitor": {
              "id": "u_9d2c7b81f0e34a5cb6a798d0e1f2a3b4",
              "name": "Cem Yıldız"
            },
            "about": "Contract of sale",
            "started_at": 1763708405000,
            "rings_until": 1763708405000,
            "accepted_at": 1763708405000
          }
        },
        "version": 1763708400008
      }
    }
  },
  'event.own_changed.offline': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "own_changed",
      "own": {
        "online": false,
        "chosen": "available",
        "status": "offline",
        "missed": false,
        "version": 1763708400013
      }
    }
  },
  'event.own_changed.unavailable': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "own_changed",
      "own": {
        "online": true,
        "chosen": "unavailable",
        "status": "unavailable",
        "missed": false,
        "version": 1763708400012
      }
    }
  },
  'event.own_changed.waiting': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "own_changed",
      "own": {
        "online": false,
        "chosen": "available",
        "status": "ringing",
        "missed": false,
        "engagement": {
          "type": "waiting",
          "desk": {
            "id": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
            "slug": "claims",
            "name": "Claims"
          },
          "position": 2,
          "since": 1763708402200,
          "queue_version": 1763708400041
        },
        "version": 1763708400052
      }
    }
  },
  'event.own_changed.wrap_up': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "own_changed",
      "own": {
        "online": true,
        "chosen": "available",
        "status": "wrap_up",
        "missed": false,
        "wrap_up_until": 1763708550000,
        "version": 1763708400014
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
        "screen": "off",
        "joined_at": 1763690401623
      }
    }
  },
  'event.participant_changed.hand': {
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
        "screen": "shared",
        "hand": 1767225600000,
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
        "screen": "off",
        "joined_at": 1763690401623
      }
    }
  },
  'event.participant_joined.publisher': {
    "type": "event",
    "topic": "room",
    "version": 8,
    "event": {
      "type": "participant_joined",
      "participant": {
        "id": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f7",
        "name": "Stage",
        "order": 3,
        "epoch": 1,
        "presence": "connected",
        "microphone": "live",
        "camera": "on",
        "screen": "off",
        "joined_at": 1763690401623,
        "feed": "publisher"
      }
    }
  },
  'event.participant_joined.watcher': {
    "type": "event",
    "topic": "room",
    "version": 8,
    "event": {
      "type": "participant_joined",
      "participant": {
        "id": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f8",
        "name": "Hall",
        "order": 3,
        "epoch": 1,
        "presence": "connected",
        "microphone": "absent",
        "camera": "absent",
        "screen": "off",
        "joined_at": 1763690401623,
        "feed": "watcher"
      }
    }
  },
  'event.participant_left.ended': {
    "type": "event",
    "topic": "room",
    "version": 10,
    "event": {
      "type": "participant_left",
      "participant": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6",
      "reason": "ended"
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
  'event.participant_left.removed': {
    "type": "event",
    "topic": "room",
    "version": 10,
    "event": {
      "type": "participant_left",
      "participant": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6",
      "reason": "removed"
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
  'event.password_changed': {
    "type": "event",
    "topic": "room",
    "version": 13,
    "event": {
      "type": "password_changed",
      "password": true
    }
  },
  'event.posted': {
    "type": "event",
    "topic": "lounge",
    "event": {
      "type": "posted",
      "place": {
        "type": "lounge_room",
        "room": "o_5a1e09c2d3f44b76a8b9c0d1e2f30415"
      },
      "message": {
        "id": "m_7c302be4f51666d98cabd2e3f4051627",
        "number": 41,
        "from": "u_1f0c7a52b6d84e0f9a3b5c7d9e1f2a4b",
        "name": "Ana",
        "text": "hello",
        "at": 1763708405000,
        "deleted": false
      }
    }
  },
  'event.posted.conversation': {
    "type": "event",
    "topic": "lounge",
    "event": {
      "type": "posted",
      "place": {
        "type": "conversation",
        "person": "u_2e1d8b63c7e95f1a0b4c6d8eaf203b5c"
      },
      "message": {
        "id": "m_8d413cf50627770a9dbce3f405162738",
        "number": 13,
        "from": "u_2e1d8b63c7e95f1a0b4c6d8eaf203b5c",
        "name": "Ben",
        "text": "see this",
        "file": {
          "id": "f_9e524d06173888b1aecdf40516273849",
          "name": "plan.png",
          "size": 48213,
          "picture": true
        },
        "at": 1763708405000,
        "deleted": false
      }
    }
  },
  'event.queue_changed': {
    "type": "event",
    "topic": "desk",
    "event": {
      "type": "queue_changed",
      "desk": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
      "queue": [
        {
          "id": "u_a4b3c2d1e0f94857969504132a1b0c0d",
          "name": "Omar",
          "about": "Poliçem hakkında",
          "since": 1763708401500
        },
        {
          "id": "u_9d2c7b81f0e34a5cb6a798d0e1f2a3b4",
          "name": "Zoë 👩‍💻",
          "about": "",
          "since": 1763708402200
        }
      ],
      "queue_version": 1763708400041
    }
  },
  'event.queue_changed.nobody': {
    "type": "event",
    "topic": "desk",
    "event": {
      "type": "queue_changed",
      "desk": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
      "queue": [],
      "queue_version": 1763708400043
    }
  },
  'event.queue_moved': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "queue_moved",
      "desk": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
      "position": 1,
      "queue_version": 1763708400042
    }
  },
  'event.reach_changed.away': {
    "type": "event",
    "topic": "appointments",
    "event": {
      "type": "reach_changed",
      "reach": "away"
    }
  },
  'event.reach_changed.here': {
    "type": "event",
    "topic": "appointments",
    "event": {
      "type": "reach_changed",
      "reach": "here"
    }
  },
  'event.reach_changed.in_call': {
    "type": "event",
    "topic": "appointments",
    "event": {
      "type": "reach_changed",
      "reach": "in_call"
    }
  },
  'event.reacted': {
    "type": "event",
    "topic": "room",
    "event": {
      "type": "reacted",
      "participant": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6",
      "reaction": "heart"
    }
  },
  'event.representative_changed.available': {
    "type": "event",
    "topic": "desk",
    "event": {
      "type": "representative_changed",
      "desk": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
      "representative": {
        "id": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
        "name": "Elif Yılmaz",
        "title": "Claims, English · Türkçe",
        "status": "available",
        "version": 1763708400001
      }
    }
  },
  'event.representative_changed.away': {
    "type": "event",
    "topic": "desk",
    "event": {
      "type": "representative_changed",
      "desk": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
      "representative": {
        "id": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
        "name": "Elif Yılmaz",
        "title": "Claims, English · Türkçe",
        "status": "away",
        "version": 1763708400002
      }
    }
  },
  'event.representative_changed.in_call': {
    "type": "event",
    "topic": "desk",
    "event": {
      "type": "representative_changed",
      "desk": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
      "representative": {
        "id": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
        "name": "Elif Yılmaz",
        "title": "Claims, English · Türkçe",
        "status": "in_call",
        "version": 1763708400005
      }
    }
  },
  'event.representative_changed.offline': {
    "type": "event",
    "topic": "desk",
    "event": {
      "type": "representative_changed",
      "desk": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
      "representative": {
        "id": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
        "name": "Elif Yılmaz",
        "title": "Claims, English · Türkçe",
        "status": "offline",
        "version": 1763708400007
      }
    }
  },
  'event.representative_changed.ringing': {
    "type": "event",
    "topic": "desk",
    "event": {
      "type": "representative_changed",
      "desk": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
      "representative": {
        "id": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
        "name": "Elif Yılmaz",
        "title": "Claims, English · Türkçe",
        "status": "ringing",
        "version": 1763708400004
      }
    }
  },
  'event.representative_changed.unavailable': {
    "type": "event",
    "topic": "desk",
    "event": {
      "type": "representative_changed",
      "desk": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
      "representative": {
        "id": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
        "name": "Elif Yılmaz",
        "title": "Claims, English · Türkçe",
        "status": "unavailable",
        "version": 1763708400003
      }
    }
  },
  'event.representative_changed.wrap_up': {
    "type": "event",
    "topic": "desk",
    "event": {
      "type": "representative_changed",
      "desk": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
      "representative": {
        "id": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
        "name": "Elif Yılmaz",
        "title": "Claims, English · Türkçe",
        "status": "wrap_up",
        "version": 1763708400006
      }
    }
  },
  'event.ring_ended.callee_lost': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "ring_ended",
      "ring": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617",
      "end": "callee_lost"
    }
  },
  'event.ring_ended.caller_lost': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "ring_ended",
      "ring": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617",
      "end": "caller_lost"
    }
  },
  'event.ring_ended.cancelled': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "ring_ended",
      "ring": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617",
      "end": "cancelled"
    }
  },
  'event.ring_ended.closed': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "ring_ended",
      "ring": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617",
      "end": "closed"
    }
  },
  'event.ring_ended.declined': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "ring_ended",
      "ring": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617",
      "end": "declined"
    }
  },
  'event.ring_ended.ended_by_admin': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "ring_ended",
      "ring": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617",
      "end": "ended_by_admin"
    }
  },
  'event.ring_ended.failed': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "ring_ended",
      "ring": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617",
      "end": "failed"
    }
  },
  'event.ring_ended.held': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "ring_ended",
      "ring": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617",
      "end": "held"
    }
  },
  'event.ring_ended.hung_up': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "ring_ended",
      "ring": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617",
      "end": "hung_up"
    }
  },
  'event.ring_ended.interrupted': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "ring_ended",
      "ring": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617",
      "end": "interrupted"
    }
  },
  'event.ring_ended.lost': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "ring_ended",
      "ring": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617",
      "end": "lost"
    }
  },
  'event.ring_ended.missed': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "ring_ended",
      "ring": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617",
      "end": "missed"
    }
  },
  'event.ring_ended.transferred': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "ring_ended",
      "ring": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617",
      "end": "transferred"
    }
  },
  'event.room_counted': {
    "type": "event",
    "topic": "lounge",
    "event": {
      "type": "room_counted",
      "room": "o_5a1e09c2d3f44b76a8b9c0d1e2f30415",
      "people": 3
    }
  },
  'event.service_changed': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "service_changed",
      "service": "limited"
    }
  },
  'event.service_changed.whole': {
    "type": "event",
    "topic": "direct",
    "event": {
      "type": "service_changed",
      "service": "whole"
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
        "publishing": "host",
        "entry": "open"
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
  'event.typed': {
    "type": "event",
    "topic": "lounge",
    "event": {
      "type": "typed",
      "person": "u_2e1d8b63c7e95f1a0b4c6d8eaf203b5c"
    }
  },
  'event.visit_changed': {
    "type": "event",
    "topic": "appointments",
    "event": {
      "type": "visit_changed",
      "visit": {
        "appointment": "a_3b7e19c05d2f4a6889b1c0d2e3f4a5b6",
        "client": "Cem Yıldız",
        "attendees": [
          {
            "id": "u_9d2c7b81f0e34a5cb6a798d0e1f2a3b4",
            "name": "Cem Yıldız",
            "since": 1763708401000,
            "held": false
          },
          {
            "id": "u_77aa55cc11ee44dd8899001122334455",
            "name": "Interpreter",
            "since": 1763708402000,
            "held": false
          }
        ],
        "version": 1763708400003
      }
    }
  },
  'event.visit_changed.held': {
    "type": "event",
    "topic": "appointments",
    "event": {
      "type": "visit_changed",
      "visit": {
        "appointment": "a_3b7e19c05d2f4a6889b1c0d2e3f4a5b6",
        "client": "Cem Yıldız",
        "attendees": [
          {
            "id": "u_9d2c7b81f0e34a5cb6a798d0e1f2a3b4",
            "name": "Cem Yıldız",
            "since": 1763708401000,
            "held": true
          }
        ],
        "version": 1763708400005
      }
    }
  },
  'event.visit_changed.in_call': {
    "type": "event",
    "topic": "appointments",
    "event": {
      "type": "visit_changed",
      "visit": {
        "appointment": "a_3b7e19c05d2f4a6889b1c0d2e3f4a5b6",
        "client": "Cem Yıldız",
        "attendees": [],
        "call": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617",
        "host": {
          "id": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
          "name": "Elif Yılmaz"
        },
        "version": 1763708400004
      }
    }
  },
  'event.visit_changed.over': {
    "type": "event",
    "topic": "appointments",
    "event": {
      "type": "visit_changed",
      "visit": {
        "appointment": "a_3b7e19c05d2f4a6889b1c0d2e3f4a5b6",
        "client": "Cem Yıldız",
        "attendees": [],
        "version": 1763708400006
      }
    }
  },
  'event.waiting_changed': {
    "type": "event",
    "topic": "desk",
    "event": {
      "type": "waiting_changed",
      "desk": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
      "waiting": 2
    }
  },
  'event.waiting_message_said': {
    "type": "event",
    "topic": "appointments",
    "event": {
      "type": "waiting_message_said",
      "appointment": "a_3b7e19c05d2f4a6889b1c0d2e3f4a5b6",
      "message": {
        "id": "m_00112233445566778899aabbccddeeff",
        "from": "u_9d2c7b81f0e34a5cb6a798d0e1f2a3b4",
        "name": "Cem Yıldız",
        "text": "Five minutes, please 🙏",
        "at": 1763708401500
      },
      "chat_version": 1
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
  'rejection.admitted': {
    "type": "rejection",
    "id": 4,
    "code": "admitted"
  },
  'rejection.busy': {
    "type": "rejection",
    "id": 21,
    "code": "busy"
  },
  'rejection.in_use': {
    "type": "rejection",
    "id": 2,
    "code": "in_use"
  },
  'rejection.name_taken': {
    "type": "rejection",
    "id": 2,
    "code": "name_taken"
  },
  'reply.console': {
    "type": "reply",
    "id": 1,
    "reply": {
      "type": "console",
      "console": {
        "person": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
        "name": "Elif Yılmaz",
        "availability": {
          "online": true,
          "chosen": "available",
          "status": "in_call",
          "missed": false,
          "engagement": {
            "type": "in_call",
            "ring": {
              "id": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617",
              "desk": {
                "id": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
                "slug": "claims",
                "name": "Claims"
              },
              "purpose": "desk",
              "caller": {
                "id": "u_9d2c7b81f0e34a5cb6a798d0e1f2a3b4",
                "name": "Zoë 👩‍💻"
              },
              "callee": {
                "id": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
                "name": "Elif Yılmaz"
              },
              "visitor": {
                "id": "u_9d2c7b81f0e34a5cb6a798d0e1f2a3b4",
                "name": "Zoë 👩‍💻"
              },
              "about": "Water damage <kitchen>, since Monday",
              "started_at": 1763708401204,
              "rings_until": 1763708431204,
              "accepted_at": 1763708405310
            }
          },
          "version": 1763708400018
        },
        "desks": [
          {
            "desk": {
              "id": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
              "slug": "claims",
              "name": "Claims",
              "about": "Damage, theft and everything that broke",
              "representatives": [
                {
                  "id": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
                  "name": "Elif Yılmaz",
                  "title": "Claims, English · Türkçe",
                  "status": "in_call",
                  "version": 1763708400017
                },
                {
                  "id": "u_2b7e151628aed2a6abf7158809cf4f3c",
                  "name": "Jonas Weiß",
                  "title": "",
                  "status": "available",
                  "version": 1763622001000
                }
              ],
              "waiting": 2,
              "openings": [
                [
                  1763766000000,
                  1763794800000
                ],
                [
                  1763852400000,
                  1763881200000
                ]
              ]
            },
            "queue": [
              {
                "id": "u_a4b3c2d1e0f94857969504132a1b0c0d",
                "name": "Omar",
                "about": "Poliçem hakkında",
                "since": 1763708401500
              },
              {
                "id": "u_9d2c7b81f0e34a5cb6a798d0e1f2a3b4",
                "name": "Zoë 👩‍💻",
                "about": "",
                "since": 1763708402200
              }
            ],
            "queue_version": 1763708400041
          },
          {
            "desk": {
              "id": "d_c1a195c1a195c1a195c1a195c1a195c1",
              "slug": "cards-and-accounts",
              "name": "Cards & accounts",
              "about": "",
              "representatives": [],
              "waiting": 0,
              "openings": []
            },
            "queue": [],
            "queue_version": 0
          }
        ],
        "visits": [
          {
            "appointment": "a_3b7e19c05d2f4a6889b1c0d2e3f4a5b6",
            "client": "Cem Yıldız",
            "attendees": [
              {
                "id": "u_9d2c7b81f0e34a5cb6a798d0e1f2a3b4",
                "name": "Cem Yıldız",
                "since": 1763708401000,
                "held": false
              },
              {
                "id": "u_77aa55cc11ee44dd8899001122334455",
                "name": "Interpreter",
                "since": 1763708402000,
                "held": false
              }
            ],
            "version": 1763708400003
          }
        ]
      }
    }
  },
  'reply.conversation': {
    "type": "reply",
    "id": 7,
    "reply": {
      "type": "conversation",
      "conversation": {
        "person": "u_2e1d8b63c7e95f1a0b4c6d8eaf203b5c",
        "name": "Ben",
        "member": {
          "id": "u_2e1d8b63c7e95f1a0b4c6d8eaf203b5c",
          "name": "Ben",
          "account": true,
          "status": "in_call",
          "text": "in a call until four",
          "talks": 1,
          "version": 1763708400003
        },
        "open": true,
        "closed": false,
        "blocked": false,
        "last": 12,
        "unread": 1,
        "delivered": 11,
        "read": 9
      },
      "messages": [
        {
          "id": "m_7c302be4f51666d98cabd2e3f4051627",
          "number": 12,
          "from": "u_2e1d8b63c7e95f1a0b4c6d8eaf203b5c",
          "name": "Ben",
          "text": "hello",
          "at": 1763708405000,
          "deleted": false
        }
      ],
      "earlier": true
    }
  },
  'reply.desk': {
    "type": "reply",
    "id": 20,
    "reply": {
      "type": "desk",
      "desk": {
        "id": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
        "slug": "claims",
        "name": "Claims",
        "about": "Damage, theft and everything that broke",
        "representatives": [
          {
            "id": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
            "name": "Elif Yılmaz",
            "title": "Claims, English · Türkçe",
            "status": "in_call",
            "version": 1763708400017
          },
          {
            "id": "u_2b7e151628aed2a6abf7158809cf4f3c",
            "name": "Jonas Weiß",
            "title": "",
            "status": "available",
            "version": 1763622001000
          }
        ],
        "waiting": 2,
        "openings": [
          [
            1763766000000,
            1763794800000
          ],
          [
            1763852400000,
            1763881200000
          ]
        ]
      },
      "own": {
        "online": false,
        "chosen": "available",
        "status": "ringing",
        "missed": false,
        "engagement": {
          "type": "waiting",
          "desk": {
            "id": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
            "slug": "claims",
            "name": "Claims"
          },
          "position": 2,
          "since": 1763708402200,
          "queue_version": 1763708400041
        },
        "version": 1763708400052
      }
    }
  },
  'reply.desk.nobody_online': {
    "type": "reply",
    "id": 20,
    "reply": {
      "type": "desk",
      "desk": {
        "id": "d_c1a195c1a195c1a195c1a195c1a195c1",
        "slug": "cards-and-accounts",
        "name": "Cards & accounts",
        "about": "",
        "representatives": [],
        "waiting": 0,
        "openings": []
      },
      "own": {
        "online": false,
        "chosen": "available",
        "status": "offline",
        "missed": false,
        "version": 0
      }
    }
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
            "screen": "off",
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
            "screen": "off",
            "joined_at": 1763690401623
          }
        ],
        "host": "p_00000000000000000000000000000001",
        "route": "peer_to_peer",
        "generation": 0,
        "settings": {
          "route": "auto",
          "publishing": "everybody",
          "entry": "open"
        },
        "password": false,
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
        "chat_version": 1,
        "file_bytes": 200000000
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
  'reply.lounge': {
    "type": "reply",
    "id": 2,
    "reply": {
      "type": "lounge",
      "lounge": {
        "person": "u_1f0c7a52b6d84e0f9a3b5c7d9e1f2a4b",
        "own": {
          "online": false,
          "chosen": "available",
          "status": "available",
          "missed": false,
          "version": 1763708400003
        },
        "rooms": [
          {
            "id": "o_5a1e09c2d3f44b76a8b9c0d1e2f30415",
            "slug": "general",
            "name": "General",
            "about": "Everything and nothing",
            "people": 2
          },
          {
            "id": "o_6b2f1ad3e40555c87b9ac1d2e3f40516",
            "slug": "sports",
            "name": "Sports",
            "about": "",
            "people": 0
          }
        ],
        "room": {
          "room": "o_5a1e09c2d3f44b76a8b9c0d1e2f30415",
          "people": [
            {
              "id": "u_1f0c7a52b6d84e0f9a3b5c7d9e1f2a4b",
              "name": "Ana",
              "account": false,
              "status": "available",
              "text": "",
              "talks": 0,
              "version": 1763708400003
            },
            {
              "id": "u_2e1d8b63c7e95f1a0b4c6d8eaf203b5c",
              "name": "Ben",
              "account": true,
              "status": "in_call",
              "text": "in a call until four",
              "talks": 1,
              "version": 1763708400003
            }
          ],
          "messages": [
            {
              "id": "m_7c302be4f51666d98cabd2e3f4051627",
              "number": 41,
              "from": "u_1f0c7a52b6d84e0f9a3b5c7d9e1f2a4b",
              "name": "Ana",
              "text": "hello",
              "at": 1763708405000,
              "deleted": false
            },
            {
              "id": "m_8d413cf50627770a9dbce3f405162738",
              "number": 42,
              "from": "u_2e1d8b63c7e95f1a0b4c6d8eaf203b5c",
              "name": "Ben",
              "text": "",
              "file": {
                "id": "f_9e524d06173888b1aecdf40516273849",
                "name": "plan.png",
                "size": 48213,
                "picture": true
              },
              "at": 1763708405000,
              "deleted": false
            }
          ],
          "earlier": true,
          "moderator": false
        },
        "conversations": [
          {
            "person": "u_2e1d8b63c7e95f1a0b4c6d8eaf203b5c",
            "name": "Ben",
            "member": {
              "id": "u_2e1d8b63c7e95f1a0b4c6d8eaf203b5c",
              "name": "Ben",
              "account": true,
              "status": "in_call",
              "text": "in a call until four",
              "talks": 1,
              "version": 1763708400003
            },
            "open": true,
            "closed": false,
            "blocked": false,
            "last": 12,
            "unread": 1,
            "delivered": 11,
            "read": 9
          },
          {
            "person": "u_3d2e9c74d8fa602b1c5d7e9fb0314c6d",
            "name": "Cem",
            "open": false,
            "closed": true,
            "blocked": true,
            "last": 3,
            "unread": 0,
            "delivered": 3,
            "read": 3
          }
        ],
        "blocked": [
          {
            "id": "u_3d2e9c74d8fa602b1c5d7e9fb0314c6d",
            "name": "Cem"
          }
        ],
        "file_bytes": 10485760,
        "away_after_s": 600
      }
    }
  },
  'reply.lounge_door': {
    "type": "reply",
    "id": 1,
    "reply": {
      "type": "lounge_door",
      "door": {
        "rooms": [
          {
            "id": "o_5a1e09c2d3f44b76a8b9c0d1e2f30415",
            "slug": "general",
            "name": "General",
            "about": "Everything and nothing",
            "people": 2
          },
          {
            "id": "o_6b2f1ad3e40555c87b9ac1d2e3f40516",
            "slug": "sports",
            "name": "Sports",
            "about": "",
            "people": 0
          }
        ],
        "name": "Ana",
        "in_use": true
      }
    }
  },
  'reply.lounge_door.new_guest': {
    "type": "reply",
    "id": 1,
    "reply": {
      "type": "lounge_door",
      "door": {
        "rooms": [],
        "in_use": false
      }
    }
  },
  'reply.lounge_room': {
    "type": "reply",
    "id": 7,
    "reply": {
      "type": "lounge_room",
      "room": {
        "room": "o_6b2f1ad3e40555c87b9ac1d2e3f40516",
        "people": [
          {
            "id": "u_1f0c7a52b6d84e0f9a3b5c7d9e1f2a4b",
            "name": "Ana",
            "account": false,
            "status": "available",
            "text": "",
            "talks": 0,
            "version": 1763708400003
          }
        ],
        "messages": [],
        "earlier": false,
        "moderator": true
      }
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
  'reply.messages': {
    "type": "reply",
    "id": 7,
    "reply": {
      "type": "messages",
      "messages": [
        {
          "id": "m_7c302be4f51666d98cabd2e3f4051627",
          "number": 41,
          "from": "u_1f0c7a52b6d84e0f9a3b5c7d9e1f2a4b",
          "name": "Ana",
          "text": "hello",
          "at": 1763708405000,
          "deleted": false
        }
      ],
      "earlier": false
    }
  },
  'reply.own': {
    "type": "reply",
    "id": 22,
    "reply": {
      "type": "own",
      "own": {
        "online": false,
        "chosen": "available",
        "status": "ringing",
        "missed": false,
        "engagement": {
          "type": "waiting",
          "desk": {
            "id": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
            "slug": "claims",
            "name": "Claims"
          },
          "position": 2,
          "since": 1763708402200,
          "queue_version": 1763708400041
        },
        "version": 1763708400052
      }
    }
  },
  'reply.own.free': {
    "type": "reply",
    "id": 2,
    "reply": {
      "type": "own",
      "own": {
        "online": true,
        "chosen": "available",
        "status": "available",
        "missed": false,
        "version": 1763708400004
      }
    }
  },
  'reply.ringing': {
    "type": "reply",
    "id": 21,
    "reply": {
      "type": "ringing",
      "ring": {
        "id": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617",
        "desk": {
          "id": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
          "slug": "claims",
          "name": "Claims"
        },
        "purpose": "desk",
        "caller": {
          "id": "u_9d2c7b81f0e34a5cb6a798d0e1f2a3b4",
          "name": "Zoë 👩‍💻"
        },
        "callee": {
          "id": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
          "name": "Elif Yılmaz"
        },
        "visitor": {
          "id": "u_9d2c7b81f0e34a5cb6a798d0e1f2a3b4",
          "name": "Zoë 👩‍💻"
        },
        "about": "Water damage <kitchen>, since Monday",
        "started_at": 1763708401204,
        "rings_until": 1763708431204
      }
    }
  },
  'reply.ringing.colleague': {
    "type": "reply",
    "id": 8,
    "reply": {
      "type": "ringing",
      "ring": {
        "id": "r_6b2f1d8ea4c95037b1e2d3c4f5061728",
        "desk": {
          "id": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
          "slug": "claims",
          "name": "Claims"
        },
        "purpose": "bring_in",
        "into": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617",
        "caller": {
          "id": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
          "name": "Elif Yılmaz"
        },
        "callee": {
          "id": "u_2b7e151628aed2a6abf7158809cf4f3c",
          "name": "Jonas Weiß"
        },
        "visitor": {
          "id": "u_9d2c7b81f0e34a5cb6a798d0e1f2a3b4",
          "name": "Zoë 👩‍💻"
        },
        "about": "Water damage <kitchen>, since Monday",
        "started_at": 1763708490000,
        "rings_until": 1763708520000
      }
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
            "screen": "off",
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
            "screen": "off",
            "joined_at": 1763690401623
          }
        ],
        "host": "p_00000000000000000000000000000001",
        "route": "peer_to_peer",
        "generation": 0,
        "settings": {
          "route": "auto",
          "publishing": "everybody",
          "entry": "open"
        },
        "password": false,
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
        "chat_version": 1,
        "file_bytes": 200000000
      }
    }
  },
  'reply.snapshot.knocks': {
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
            "screen": "off",
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
            "screen": "off",
            "joined_at": 1763690401623
          }
        ],
        "host": "p_00000000000000000000000000000001",
        "route": "peer_to_peer",
        "generation": 0,
        "settings": {
          "route": "auto",
          "publishing": "everybody",
          "entry": "open"
        },
        "password": true,
        "knocks": [
          {
            "id": "p_7f3a9c0e51b24d6688f0a1b2c3d4e5f6",
            "name": "Zoë",
            "since": 1767225600000
          }
        ],
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
        "chat_version": 1,
        "file_bytes": 200000000
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
        "limit": 4,
        "door": "open",
        "password": false
      }
    }
  },
  'reply.summary.closed': {
    "type": "reply",
    "id": 3,
    "reply": {
      "type": "summary",
      "room": {
        "present": [
          "Ana",
          "Zoë 👩‍💻"
        ],
        "limit": 4,
        "door": "closed",
        "password": false
      }
    }
  },
  'reply.summary.full': {
    "type": "reply",
    "id": 3,
    "reply": {
      "type": "summary",
      "room": {
        "present": [
          "Ana",
          "Zoë 👩‍💻"
        ],
        "limit": 4,
        "door": "full",
        "password": false
      }
    }
  },
  'reply.summary.lobby': {
    "type": "reply",
    "id": 3,
    "reply": {
      "type": "summary",
      "room": {
        "present": [
          "Ana",
          "Zoë 👩‍💻"
        ],
        "limit": 4,
        "door": "lobby",
        "password": true
      }
    }
  },
  'reply.summary.locked': {
    "type": "reply",
    "id": 3,
    "reply": {
      "type": "summary",
      "room": {
        "present": [
          "Ana",
          "Zoë 👩‍💻"
        ],
        "limit": 4,
        "door": "locked",
        "password": false
      }
    }
  },
  'reply.summary.removed': {
    "type": "reply",
    "id": 3,
    "reply": {
      "type": "summary",
      "room": {
        "present": [
          "Ana",
          "Zoë 👩‍💻"
        ],
        "limit": 4,
        "door": "removed",
        "password": false
      }
    }
  },
  'reply.upload': {
    "type": "reply",
    "id": 7,
    "reply": {
      "type": "upload",
      "file": "f_9e524d06173888b1aecdf40516273849",
      "token": "eyJ…"
    }
  },
  'reply.waiting_chat': {
    "type": "reply",
    "id": 3,
    "reply": {
      "type": "waiting_chat",
      "chat": {
        "messages": [
          {
            "id": "m_00112233445566778899aabbccddeeff",
            "from": "u_9d2c7b81f0e34a5cb6a798d0e1f2a3b4",
            "name": "Cem Yıldız",
            "text": "Five minutes, please 🙏",
            "at": 1763708401500
          },
          {
            "id": "m_ffeeddccbbaa99887766554433221100",
            "from": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
            "name": "Elif Yılmaz",
            "text": "Take your time.",
            "at": 1763708401900
          }
        ],
        "version": 2
      }
    }
  },
  'reply.waiting_room': {
    "type": "reply",
    "id": 3,
    "reply": {
      "type": "waiting_room",
      "waiting_room": {
        "person": "u_9d2c7b81f0e34a5cb6a798d0e1f2a3b4",
        "own": {
          "online": false,
          "chosen": "available",
          "status": "available",
          "missed": false,
          "version": 1763708400001
        },
        "reach": "here",
        "chat": {
          "messages": [],
          "version": 0
        }
      }
    }
  },
  'reply.waiting_room.waiting': {
    "type": "reply",
    "id": 3,
    "reply": {
      "type": "waiting_room",
      "waiting_room": {
        "person": "u_9d2c7b81f0e34a5cb6a798d0e1f2a3b4",
        "own": {
          "online": false,
          "chosen": "available",
          "status": "ringing",
          "missed": false,
          "engagement": {
            "type": "attending",
            "appointment": "a_3b7e19c05d2f4a6889b1c0d2e3f4a5b6",
            "since": 1763708401000,
            "held": false
          },
          "version": 1763708400007
        },
        "reach": "in_call",
        "chat": {
          "messages": [
            {
              "id": "m_00112233445566778899aabbccddeeff",
              "from": "u_9d2c7b81f0e34a5cb6a798d0e1f2a3b4",
              "name": "Cem Yıldız",
              "text": "Five minutes, please 🙏",
              "at": 1763708401500
            },
            {
              "id": "m_ffeeddccbbaa99887766554433221100",
              "from": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
              "name": "Elif Yılmaz",
              "text": "Take your time.",
              "at": 1763708401900
            }
          ],
          "version": 2
        }
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

export const bodies = {
  'account_view': {
    "id": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
    "email": "elif@visavis.example",
    "name": "Elif Yılmaz",
    "title": "Claims, English · Türkçe",
    "role": "staff",
    "state": "active",
    "totp": false,
    "created_at": 1762844400000
  } satisfies AccountView,
  'account_view.admin': {
    "id": "u_3c4f9e02d7b14a6e9f8855aa11bb22cc",
    "email": "selin@visavis.example",
    "name": "Selin",
    "title": "",
    "role": "admin",
    "state": "active",
    "totp": true,
    "created_at": 1755068400000
  } satisfies AccountView,
  'account_view.disabled': {
    "id": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
    "email": "elif@visavis.example",
    "name": "Elif Yılmaz",
    "title": "Claims, English · Türkçe",
    "role": "staff",
    "state": "disabled",
    "totp": false,
    "created_at": 1762844400000
  } satisfies AccountView,
  'account_view.invited': {
    "id": "u_2b7e151628aed2a6abf7158809cf4f3c",
    "email": "jonas@visavis.example",
    "name": "Jonas Weiß",
    "title": "",
    "role": "staff",
    "state": "invited",
    "totp": false,
    "created_at": 1763708340000
  } satisfies AccountView,
  'api_key_view': {
    "id": "k_5e0c2b7f3a914d68b2c1d0e9f8a7b6c5",
    "name": "Booking system",
    "account": "u_2b7e151628aed2a6abf7158809cf4f3c",
    "account_name": "Selin",
    "scopes": [
      "staff:read",
      "staff:write",
      "desks:read",
      "desks:write",
      "appointments:read",
      "appointments:write",
      "rooms:read",
      "rooms:write",
      "rooms:invite",
      "history:read",
      "media:publish",
      "media:watch",
      "webhooks:read",
      "webhooks:write"
    ],
    "created_at": 1763708400000,
    "expires_at": 1795244400000,
    "used_at": 1763712000000
  } satisfies ApiKeyView,
  'appointment_change': {
    "note": "Bring the old contract."
  } satisfies AppointmentChange,
  'appointment_change.all': {
    "client_name": "Cem Yıldız",
    "email": "",
    "about": "Contract of sale",
    "note": ""
  } satisfies AppointmentChange,
  'appointment_list': {
    "appointments": [
      {
        "id": "a_3b7e19c05d2f4a6889b1c0d2e3f4a5b6",
        "professional": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
        "professional_name": "Elif Yılmaz",
        "desk": {
          "id": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
          "slug": "claims",
          "name": "Claims"
        },
        "client_name": "Cem Yıldız",
        "email": "cem@example.org",
        "about": "Contract of sale",
        "starts_at": 1763708400000,
        "minutes": 30,
        "zone": "Europe/Istanbul",
        "wall": "2025-11-21T10:00",
        "opens_at": 1763707500000,
        "closes_at": 1763713800000,
        "state": "booked",
        "sequence": 1,
        "note": "Bring the old contract.",
        "links": [
          {
            "id": "l_c0ffee00c0ffee00c0ffee00c0ffee00",
            "kind": "client",
            "name": "Cem Yıldız",
            "url": "https://visavis.example.org/a#eyJh.eyJi.c2ln",
            "created_at": 1763708400000
          },
          {
            "id": "l_0b5e55ed0b5e55ed0b5e55ed0b5e55ed",
            "kind": "guest",
            "name": "Interpreter",
            "url": "https://visavis.example.org/a#eyJh.eyJj.c2ln",
            "created_at": 1763708400001
          }
        ],
        "last_mail": {
          "kind": "change",
          "state": "sent",
          "sequence": 1,
          "at": 1763704800000
        },
        "created_at": 1763701200000
      }
    ],
    "mail": true,
    "now": 1763708400000
  } satisfies AppointmentList,
  'appointment_list.empty': {
    "appointments": [],
    "mail": false,
    "now": 1763708400000
  } satisfies AppointmentList,
  'appointment_list.part': {
    "appointments": [
      {
        "id": "a_3b7e19c05d2f4a6889b1c0d2e3f4a5b6",
        "professional": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
        "professional_name": "Elif Yılmaz",
        "desk": {
          "id": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
          "slug": "claims",
          "name": "Claims"
        },
        "client_name": "Cem Yıldız",
        "email": "cem@example.org",
        "about": "Contract of sale",
        "starts_at": 1763708400000,
        "minutes": 30,
        "zone": "Europe/Istanbul",
        "wall": "2025-11-21T10:00",
        "opens_at": 1763707500000,
        "closes_at": 1763713800000,
        "state": "booked",
        "sequence": 1,
        "note": "Bring the old contract.",
        "links": [
          {
            "id": "l_c0ffee00c0ffee00c0ffee00c0ffee00",
            "kind": "client",
            "name": "Cem Yıldız",
            "url": "https://visavis.example.org/a#eyJh.eyJi.c2ln",
            "created_at": 1763708400000
          },
          {
            "id": "l_0b5e55ed0b5e55ed0b5e55ed0b5e55ed",
            "kind": "guest",
            "name": "Interpreter",
            "url": "https://visavis.example.org/a#eyJh.eyJj.c2ln",
            "created_at": 1763708400001
          }
        ],
        "last_mail": {
          "kind": "change",
          "state": "sent",
          "sequence": 1,
          "at": 1763704800000
        },
        "created_at": 1763701200000
      }
    ],
    "next": "1763708400000-a_3b7e19c05d2f4a6889b1c0d2e3f4a5b6",
    "mail": true,
    "now": 1763708400000
  } satisfies AppointmentList,
  'appointment_move': {
    "wall": "2026-10-25T02:30",
    "zone": "Europe/Berlin",
    "repeated": "first",
    "minutes": 60,
    "sequence": 0
  } satisfies AppointmentMove,
  'appointment_move.plain': {
    "wall": "2026-10-26T09:15",
    "zone": "Europe/Berlin",
    "minutes": 60,
    "sequence": 2
  } satisfies AppointmentMove,
  'appointment_outcome': {
    "state": "no_show"
  } satisfies AppointmentOutcome,
  'appointment_view': {
    "id": "a_3b7e19c05d2f4a6889b1c0d2e3f4a5b6",
    "professional": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
    "professional_name": "Elif Yılmaz",
    "desk": {
      "id": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
      "slug": "claims",
      "name": "Claims"
    },
    "client_name": "Cem Yıldız",
    "email": "cem@example.org",
    "about": "Contract of sale",
    "starts_at": 1763708400000,
    "minutes": 30,
    "zone": "Europe/Istanbul",
    "wall": "2025-11-21T10:00",
    "opens_at": 1763707500000,
    "closes_at": 1763713800000,
    "state": "booked",
    "sequence": 1,
    "note": "Bring the old contract.",
    "links": [
      {
        "id": "l_c0ffee00c0ffee00c0ffee00c0ffee00",
        "kind": "client",
        "name": "Cem Yıldız",
        "url": "https://visavis.example.org/a#eyJh.eyJi.c2ln",
        "created_at": 1763708400000
      },
      {
        "id": "l_0b5e55ed0b5e55ed0b5e55ed0b5e55ed",
        "kind": "guest",
        "name": "Interpreter",
        "url": "https://visavis.example.org/a#eyJh.eyJj.c2ln",
        "created_at": 1763708400001
      }
    ],
    "last_mail": {
      "kind": "change",
      "state": "sent",
      "sequence": 1,
      "at": 1763704800000
    },
    "created_at": 1763701200000
  } satisfies AppointmentView,
  'appointment_view.alone': {
    "id": "a_3b7e19c05d2f4a6889b1c0d2e3f4a5b6",
    "professional": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
    "professional_name": "Elif Yılmaz",
    "client_name": "Cem Yıldız",
    "about": "",
    "starts_at": 1763708400000,
    "minutes": 30,
    "zone": "Europe/Istanbul",
    "wall": "2025-11-21T10:00",
    "opens_at": 1763707500000,
    "closes_at": 1763713800000,
    "state": "booked",
    "sequence": 0,
    "note": "",
    "links": [
      {
        "id": "l_c0ffee00c0ffee00c0ffee00c0ffee00",
        "kind": "client",
        "name": "Cem Yıldız",
        "url": "https://visavis.example.org/a#eyJh.eyJi.c2ln",
        "created_at": 1763708400000
      }
    ],
    "created_at": 1763701200000
  } satisfies AppointmentView,
  'appointment_view.cancelled': {
    "id": "a_3b7e19c05d2f4a6889b1c0d2e3f4a5b6",
    "professional": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
    "professional_name": "Elif Yılmaz",
    "client_name": "Cem Yıldız",
    "about": "",
    "starts_at": 1763708400000,
    "minutes": 30,
    "zone": "Europe/Istanbul",
    "wall": "2025-11-21T10:00",
    "opens_at": 1763707500000,
    "closes_at": 1763713800000,
    "state": "cancelled",
    "sequence": 0,
    "note": "",
    "links": [],
    "created_at": 1763701200000
  } satisfies AppointmentView,
  'appointment_view.done': {
    "id": "a_3b7e19c05d2f4a6889b1c0d2e3f4a5b6",
    "professional": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
    "professional_name": "Elif Yılmaz",
    "client_name": "Cem Yıldız",
    "about": "",
    "starts_at": 1763708400000,
    "minutes": 30,
    "zone": "Europe/Istanbul",
    "wall": "2025-11-21T10:00",
    "opens_at": 1763707500000,
    "closes_at": 1763713800000,
    "state": "done",
    "sequence": 0,
    "note": "",
    "links": [],
    "created_at": 1763701200000
  } satisfies AppointmentView,
  'appointment_view.mail_failed': {
    "id": "a_3b7e19c05d2f4a6889b1c0d2e3f4a5b6",
    "professional": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
    "professional_name": "Elif Yılmaz",
    "desk": {
      "id": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
      "slug": "claims",
      "name": "Claims"
    },
    "client_name": "Cem Yıldız",
    "email": "cem@example.org",
    "about": "Contract of sale",
    "starts_at": 1763708400000,
    "minutes": 30,
    "zone": "Europe/Istanbul",
    "wall": "2025-11-21T10:00",
    "opens_at": 1763707500000,
    "closes_at": 1763713800000,
    "state": "booked",
    "sequence": 1,
    "note": "Bring the old contract.",
    "links": [
      {
        "id": "l_c0ffee00c0ffee00c0ffee00c0ffee00",
        "kind": "client",
        "name": "Cem Yıldız",
        "url": "https://visavis.example.org/a#eyJh.eyJi.c2ln",
        "created_at": 1763708400000
      },
      {
        "id": "l_0b5e55ed0b5e55ed0b5e55ed0b5e55ed",
        "kind": "guest",
        "name": "Interpreter",
        "url": "https://visavis.example.org/a#eyJh.eyJj.c2ln",
        "created_at": 1763708400001
      }
    ],
    "last_mail": {
      "kind": "cancellation",
      "state": "failed",
      "sequence": 1,
      "at": 1763708400000
    },
    "created_at": 1763701200000
  } satisfies AppointmentView,
  'appointment_view.mail_queued': {
    "id": "a_3b7e19c05d2f4a6889b1c0d2e3f4a5b6",
    "professional": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
    "professional_name": "Elif Yılmaz",
    "desk": {
      "id": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
      "slug": "claims",
      "name": "Claims"
    },
    "client_name": "Cem Yıldız",
    "email": "cem@example.org",
    "about": "Contract of sale",
    "starts_at": 1763708400000,
    "minutes": 30,
    "zone": "Europe/Istanbul",
    "wall": "2025-11-21T10:00",
    "opens_at": 1763707500000,
    "closes_at": 1763713800000,
    "state": "booked",
    "sequence": 1,
    "note": "Bring the old contract.",
    "links": [
      {
        "id": "l_c0ffee00c0ffee00c0ffee00c0ffee00",
        "kind": "client",
        "name": "Cem Yıldız",
        "url": "https://visavis.example.org/a#eyJh.eyJi.c2ln",
        "created_at": 1763708400000
      },
      {
        "id": "l_0b5e55ed0b5e55ed0b5e55ed0b5e55ed",
        "kind": "guest",
        "name": "Interpreter",
        "url": "https://visavis.example.org/a#eyJh.eyJj.c2ln",
        "created_at": 1763708400001
      }
    ],
    "last_mail": {
      "kind": "invitation",
      "state": "queued",
      "sequence": 1,
      "at": 1763708400000
    },
    "created_at": 1763701200000
  } satisfies AppointmentView,
  'appointment_view.no_show': {
    "id": "a_3b7e19c05d2f4a6889b1c0d2e3f4a5b6",
    "professional": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
    "professional_name": "Elif Yılmaz",
    "client_name": "Cem Yıldız",
    "about": "",
    "starts_at": 1763708400000,
    "minutes": 30,
    "zone": "Europe/Istanbul",
    "wall": "2025-11-21T10:00",
    "opens_at": 1763707500000,
    "closes_at": 1763713800000,
    "state": "no_show",
    "sequence": 0,
    "note": "",
    "links": [],
    "created_at": 1763701200000
  } satisfies AppointmentView,
  'audit_page': {
    "rows": [
      {
        "number": 4711,
        "at": 1763708400012,
        "actor": "u_3c4f9e02d7b14a6e9f8855aa11bb22cc",
        "actor_name": "Selin",
        "action": "desk_changed",
        "subject": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
        "subject_name": "Claims",
        "detail": {
          "slug": "claims",
          "members": [
            "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
            "u_2b7e151628aed2a6abf7158809cf4f3c"
          ]
        }
      }
    ],
    "next": "4711"
  } satisfies AuditPage,
  'audit_page.last': {
    "rows": [
      {
        "number": 4711,
        "at": 1763708400012,
        "actor": "u_3c4f9e02d7b14a6e9f8855aa11bb22cc",
        "actor_name": "Selin",
        "action": "desk_changed",
        "subject": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
        "subject_name": "Claims",
        "detail": {
          "slug": "claims",
          "members": [
            "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
            "u_2b7e151628aed2a6abf7158809cf4f3c"
          ]
        }
      }
    ]
  } satisfies AuditPage,
  'audit_view': {
    "number": 4711,
    "at": 1763708400012,
    "actor": "u_3c4f9e02d7b14a6e9f8855aa11bb22cc",
    "actor_name": "Selin",
    "action": "desk_changed",
    "subject": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
    "subject_name": "Claims",
    "detail": {
      "slug": "claims",
      "members": [
        "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
        "u_2b7e151628aed2a6abf7158809cf4f3c"
      ]
    }
  } satisfies AuditView,
  'audit_view.by_nobody': {
    "number": 4712,
    "at": 1763708400900,
    "actor_name": "",
    "action": "sign_in_limited",
    "subject": "",
    "subject_name": "",
    "detail": {
      "scope": "network",
      "nested": [
        1,
        null,
        true,
        {
          "deep": "word"
        }
      ]
    }
  } satisfies AuditView,
  'call_note': {
    "note": ""
  } satisfies CallNote,
  'call_note.outcome': {
    "note": "Solved on the spot.",
    "outcome": "resolved"
  } satisfies CallNote,
  'call_page': {
    "calls": [
      {
        "ring": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617",
        "desk": "Claims",
        "visitor": "Zoë 👩‍💻",
        "about": "Water damage <kitchen>, since Monday",
        "representative": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
        "representative_name": "Elif Yılmaz",
        "started_at": 1763708401204,
        "accepted_at": 1763708405310,
        "ended_at": 1763708705310,
        "end": "hung_up",
        "stars": 5,
        "comment": "Schnell & freundlich 👍",
        "note": "Assessor comes on Thursday.\nCall back.",
        "outcome": "follow_up"
      },
      {
        "ring": "r_7c302e9fb5da6148c2f3e4d506172839",
        "desk": "",
        "visitor": "Omar",
        "about": "",
        "representative": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
        "representative_name": "Elif Yılmaz",
        "started_at": 1763707800000,
        "ended_at": 1763707830000,
        "end": "missed",
        "comment": "",
        "note": "",
        "outcome": "misdirected"
      }
    ],
    "total": 2041
  } satisfies CallPage,
  'call_page.empty': {
    "calls": [],
    "total": 0
  } satisfies CallPage,
  'call_page.part': {
    "calls": [
      {
        "ring": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617",
        "desk": "Claims",
        "visitor": "Zoë 👩‍💻",
        "about": "Water damage <kitchen>, since Monday",
        "representative": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
        "representative_name": "Elif Yılmaz",
        "started_at": 1763708401204,
        "accepted_at": 1763708405310,
        "ended_at": 1763708705310,
        "end": "hung_up",
        "stars": 5,
        "comment": "Schnell & freundlich 👍",
        "note": "Assessor comes on Thursday.\nCall back.",
        "outcome": "follow_up"
      },
      {
        "ring": "r_7c302e9fb5da6148c2f3e4d506172839",
        "desk": "",
        "visitor": "Omar",
        "about": "",
        "representative": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
        "representative_name": "Elif Yılmaz",
        "started_at": 1763707800000,
        "ended_at": 1763707830000,
        "end": "missed",
        "comment": "",
        "note": "",
        "outcome": "misdirected"
      }
    ],
    "total": 2041,
    "next": "1763707800000-r_7c302e9fb5da6148c2f3e4d506172839"
  } satisfies CallPage,
  'call_view': {
    "ring": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617",
    "desk": "Claims",
    "visitor": "Zoë 👩‍💻",
    "about": "Water damage <kitchen>, since Monday",
    "representative": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
    "representative_name": "Elif Yılmaz",
    "started_at": 1763708401204,
    "accepted_at": 1763708405310,
    "ended_at": 1763708705310,
    "end": "hung_up",
    "stars": 5,
    "comment": "Schnell & freundlich 👍",
    "note": "Assessor comes on Thursday.\nCall back.",
    "outcome": "follow_up"
  } satisfies CallView,
  'call_view.goes_on': {
    "ring": "r_6b2f1d8ea4c95037b1e2d3c4f5061728",
    "desk": "Claims",
    "visitor": "Zoë 👩‍💻",
    "about": "Water damage <kitchen>, since Monday",
    "representative": "u_2b7e151628aed2a6abf7158809cf4f3c",
    "representative_name": "Jonas Weiß",
    "into": "r_5a1e0c7d93b84f26a0d1c2b3e4f50617",
    "started_at": 1763708490000,
    "accepted_at": 1763708494000,
    "comment": "",
    "note": ""
  } satisfies CallView,
  'call_view.missed': {
    "ring": "r_7c302e9fb5da6148c2f3e4d506172839",
    "desk": "",
    "visitor": "Omar",
    "about": "",
    "representative": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
    "representative_name": "Elif Yılmaz",
    "started_at": 1763707800000,
    "ended_at": 1763707830000,
    "end": "missed",
    "comment": "",
    "note": "",
    "outcome": "misdirected"
  } satisfies CallView,
  'call_view.rings': {
    "ring": "r_7c302e9fb5da6148c2f3e4d506172839",
    "desk": "Claims",
    "visitor": "Omar",
    "about": "",
    "representative": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
    "representative_name": "Elif Yılmaz",
    "started_at": 1763708402000,
    "comment": "",
    "note": ""
  } satisfies CallView,
  'client_appointment': {
    "id": "a_3b7e19c05d2f4a6889b1c0d2e3f4a5b6",
    "professional_name": "Elif Yılmaz",
    "professional_title": "Lawyer",
    "name": "Cem Yıldız",
    "kind": "client",
    "about": "Contract of sale",
    "starts_at": 1763708400000,
    "minutes": 30,
    "opens_at": 1763707500000,
    "closes_at": 1763713800000,
    "phase": "open",
    "now": 1763707800000
  } satisfies ClientAppointment,
  'client_appointment.early': {
    "id": "a_3b7e19c05d2f4a6889b1c0d2e3f4a5b6",
    "professional_name": "Elif Yılmaz",
    "professional_title": "Lawyer",
    "name": "Cem Yıldız",
    "kind": "client",
    "about": "Contract of sale",
    "starts_at": 1763708400000,
    "minutes": 30,
    "opens_at": 1763707500000,
    "closes_at": 1763713800000,
    "phase": "early",
    "now": 1763701200000
  } satisfies ClientAppointment,
  'client_appointment.guest': {
    "id": "a_3b7e19c05d2f4a6889b1c0d2e3f4a5b6",
    "professional_name": "Elif Yılmaz",
    "professional_title": "Lawyer",
    "name": "Interpreter",
    "kind": "guest",
    "about": "Contract of sale",
    "starts_at": 1763708400000,
    "minutes": 30,
    "opens_at": 1763707500000,
    "closes_at": 1763713800000,
    "phase": "open",
    "now": 1763707800000
  } satisfies ClientAppointment,
  'delivery_page': {
    "deliveries": [
      {
        "event": "e_00000000000000000000000000000928",
        "number": 40,
        "kind": "ring.started",
        "subject": "r_00000000000000000000000000000061",
        "at": 1800000000000,
        "state": "waiting",
        "tries": 0,
        "due_at": 1800000002000
      },
      {
        "event": "e_00000000000000000000000000000927",
        "number": 39,
        "kind": "ring.started",
        "subject": "r_00000000000000000000000000000061",
        "at": 1800000000000,
        "state": "delivered",
        "tries": 0,
        "tried_at": 1800000000900,
        "status": 204
      },
      {
        "event": "e_00000000000000000000000000000926",
        "number": 38,
        "kind": "ring.started",
        "subject": "r_00000000000000000000000000000061",
        "at": 1800000000000,
        "state": "given_up",
        "tries": 0,
        "tried_at": 1800000000900,
        "trouble": "unreachable"
      },
      {
        "event": "e_0000000000000000000000000000091e",
        "number": 30,
        "kind": "ring.started",
        "subject": "r_00000000000000000000000000000061",
        "at": 1800000000000,
        "state": "waiting",
        "tries": 3,
        "due_at": 1800000002000,
        "tried_at": 1800000000900,
        "trouble": "name_unknown"
      },
      {
        "event": "e_0000000000000000000000000000091d",
        "number": 29,
        "kind": "ring.started",
        "subject": "r_00000000000000000000000000000061",
        "at": 1800000000000,
        "state": "waiting",
        "tries": 3,
        "due_at": 1800000002000,
        "tried_at": 1800000000900,
        "trouble": "address_refused"
      },
      {
        "event": "e_0000000000000000000000000000091c",
        "number": 28,
        "kind": "ring.started",
        "subject": "r_00000000000000000000000000000061",
        "at": 1800000000000,
        "state": "waiting",
        "tries": 3,
        "due_at": 1800000002000,
        "tried_at": 1800000000900,
        "trouble": "unreachable"
      },
      {
        "event": "e_0000000000000000000000000000091b",
        "number": 27,
        "kind": "ring.started",
        "subject": "r_00000000000000000000000000000061",
        "at": 1800000000000,
        "state": "waiting",
        "tries": 3,
        "due_at": 1800000002000,
        "tried_at": 1800000000900,
        "trouble": "tls_failed"
      },
      {
        "event": "e_0000000000000000000000000000091a",
        "number": 26,
        "kind": "ring.started",
        "subject": "r_00000000000000000000000000000061",
        "at": 1800000000000,
        "state": "waiting",
        "tries": 3,
        "due_at": 1800000002000,
        "tried_at": 1800000000900,
        "trouble": "timed_out"
      },
      {
        "event": "e_00000000000000000000000000000919",
        "number": 25,
        "kind": "ring.started",
        "subject": "r_00000000000000000000000000000061",
        "at": 1800000000000,
        "state": "waiting",
        "tries": 3,
        "due_at": 1800000002000,
        "tried_at": 1800000000900,
        "trouble": "redirected"
      },
      {
        "event": "e_00000000000000000000000000000918",
        "number": 24,
        "kind": "ring.started",
        "subject": "r_00000000000000000000000000000061",
        "at": 1800000000000,
        "state": "waiting",
        "tries": 3,
        "due_at": 1800000002000,
        "tried_at": 1800000000900,
        "trouble": "refused",
        "status": 500
      },
      {
        "event": "e_00000000000000000000000000000917",
        "number": 23,
        "kind": "ring.started",
        "subject": "r_00000000000000000000000000000061",
        "at": 1800000000000,
        "state": "waiting",
        "tries": 3,
        "due_at": 1800000002000,
        "tried_at": 1800000000900,
        "trouble": "gone"
      }
    ],
    "next": 23
  } satisfies DeliveryPage,
  'delivery_page.last': {
    "deliveries": []
  } satisfies DeliveryPage,
  'desk_settings': {
    "slug": "claims",
    "name": "Claims",
    "about": "Damage, theft and everything that broke",
    "hours": {
      "zone": "Europe/Istanbul",
      "weekly": [
        {
          "weekday": 1,
          "from": 540,
          "to": 1020
        },
        {
          "weekday": 6,
          "from": 0,
          "to": 1440
        }
      ],
      "closed": [
        "2026-01-01",
        "2026-04-23"
      ]
    },
    "wrap_up_s": 30,
    "ring_s": 30,
    "sites": [
      "https://www.example.org"
    ],
    "members": [
      "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
      "u_2b7e151628aed2a6abf7158809cf4f3c"
    ]
  } satisfies DeskSettings,
  'desk_settings.without_hours': {
    "slug": "cards-and-accounts",
    "name": "Cards & accounts",
    "about": "",
    "wrap_up_s": 0,
    "ring_s": 45,
    "sites": [],
    "members": []
  } satisfies DeskSettings,
  'desk_view': {
    "id": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
    "settings": {
      "slug": "claims",
      "name": "Claims",
      "about": "Damage, theft and everything that broke",
      "hours": {
        "zone": "Europe/Istanbul",
        "weekly": [
          {
            "weekday": 1,
            "from": 540,
            "to": 1020
          },
          {
            "weekday": 6,
            "from": 0,
            "to": 1440
          }
        ],
        "closed": [
          "2026-01-01",
          "2026-04-23"
        ]
      },
      "wrap_up_s": 30,
      "ring_s": 30,
      "sites": [
        "https://www.example.org"
      ],
      "members": [
        "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
        "u_2b7e151628aed2a6abf7158809cf4f3c"
      ]
    }
  } satisfies DeskView,
  'desk_view.without_hours': {
    "id": "d_c1a195c1a195c1a195c1a195c1a195c1",
    "settings": {
      "slug": "cards-and-accounts",
      "name": "Cards & accounts",
      "about": "",
      "wrap_up_s": 0,
      "ring_s": 45,
      "sites": [],
      "members": []
    }
  } satisfies DeskView,
  'invitation_acceptance': {
    "token": "Zm9yIG9uZSB1c2Ugb25seSwgMzIgYnl0ZXM",
    "password": "correct horse battery staple"
  } satisfies InvitationAcceptance,
  'invitation_acceptance.first_admin': {
    "token": "Zm9yIG9uZSB1c2Ugb25seSwgMzIgYnl0ZXM",
    "password": "correct horse battery staple",
    "email": "selin@visavis.example",
    "name": "Selin"
  } satisfies InvitationAcceptance,
  'invitation_token': {
    "token": "Zm9yIG9uZSB1c2Ugb25seSwgMzIgYnl0ZXM"
  } satisfies InvitationToken,
  'invitation_view.first_admin': {
    "kind": "first_admin",
    "email": "",
    "name": ""
  } satisfies InvitationView,
  'invitation_view.join': {
    "kind": "join",
    "email": "jonas@visavis.example",
    "name": "Jonas Weiß"
  } satisfies InvitationView,
  'invitation_view.reset': {
    "kind": "reset",
    "email": "elif@visavis.example",
    "name": "Elif Yılmaz"
  } satisfies InvitationView,
  'invited': {
    "id": "u_2b7e151628aed2a6abf7158809cf4f3c",
    "link": "https://visavis.example/invitation#Zm9yIG9uZSB1c2Ugb25seSwgMzIgYnl0ZXM",
    "expires_at": 1763967600000
  } satisfies Invited,
  'link_problem': {
    "title": "The link holds no longer",
    "status": 403,
    "code": "link_replaced",
    "professional_name": "Elif Yılmaz",
    "starts_at": 1763708400000
  } satisfies LinkProblem,
  'link_problem.appointment_cancelled': {
    "title": "The link holds no longer",
    "status": 403,
    "code": "appointment_cancelled",
    "professional_name": "Elif Yılmaz",
    "starts_at": 1763708400000
  } satisfies LinkProblem,
  'link_problem.appointment_over': {
    "title": "The link holds no longer",
    "status": 403,
    "code": "appointment_over",
    "professional_name": "Elif Yılmaz",
    "starts_at": 1763708400000
  } satisfies LinkProblem,
  'link_token': {
    "token": "eyJh.eyJi.c2ln"
  } satisfies LinkToken,
  'lounge_removal': {
    "person": "u_3d2e9c74d8fa602b1c5d7e9fb0314c6d",
    "name": "Cem",
    "until": 1763712000000,
    "by": "Ana Kaya"
  } satisfies LoungeRemoval,
  'lounge_room_settings': {
    "slug": "general",
    "name": "General",
    "about": "Everything and nothing",
    "place": 1,
    "moderators": [
      "u_1f0c7a52b6d84e0f9a3b5c7d9e1f2a4b"
    ]
  } satisfies LoungeRoomSettings,
  'lounge_room_view': {
    "id": "o_5a1e09c2d3f44b76a8b9c0d1e2f30415",
    "settings": {
      "slug": "general",
      "name": "General",
      "about": "Everything and nothing",
      "place": 1,
      "moderators": [
        "u_1f0c7a52b6d84e0f9a3b5c7d9e1f2a4b"
      ]
    }
  } satisfies LoungeRoomView,
  'made_api_key': {
    "key": {
      "id": "k_5e0c2b7f3a914d68b2c1d0e9f8a7b6c5",
      "name": "Booking system",
      "account": "u_2b7e151628aed2a6abf7158809cf4f3c",
      "account_name": "Selin",
      "scopes": [
        "appointments:write"
      ],
      "created_at": 1763708400000,
      "expires_at": 1795244400000
    },
    "secret": "vvk_5e0c2b7f3a914d68b2c1d0e9f8a7b6c5_Zm9yIG9uZSB1c2Ugb25seSwgMzIgYnl0ZXMgaW4gYWw"
  } satisfies MadeApiKey,
  'made_webhook': {
    "webhook": {
      "id": "h_00000000000000000000000000000051",
      "name": "Back office",
      "url": "https://hooks.example.org/visavis",
      "kinds": [
        "call.started",
        "call.ended"
      ],
      "state": "on",
      "created_at": 1800000000000,
      "waiting": 0,
      "given_up": 0
    },
    "secret": "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
  } satisfies MadeWebhook,
  'mail_preview': {
    "kind": "invitation",
    "to": "cem@example.org",
    "subject": "Your appointment with Elif Yılmaz",
    "text": "…"
  } satisfies MailPreview,
  'mail_request': {
    "message": "The entrance is around the corner."
  } satisfies MailRequest,
  'new_api_key': {
    "name": "Booking system",
    "account": "u_2b7e151628aed2a6abf7158809cf4f3c",
    "scopes": [
      "appointments:read",
      "appointments:write"
    ],
    "expires_at": 1795244400000
  } satisfies NewApiKey,
  'new_api_key.own': {
    "name": "Figures",
    "scopes": [
      "history:read"
    ],
    "expires_at": 1795244400000
  } satisfies NewApiKey,
  'new_appointment': {
    "client_name": "Cem Yıldız",
    "email": "cem@example.org",
    "about": "Contract of sale",
    "wall": "2026-10-25T02:30",
    "zone": "Europe/Berlin",
    "repeated": "second",
    "minutes": 30,
    "desk": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e"
  } satisfies NewAppointment,
  'new_appointment.least': {
    "client_name": "Cem",
    "about": "",
    "wall": "2026-10-24T09:00",
    "zone": "Europe/Berlin",
    "minutes": 45
  } satisfies NewAppointment,
  'new_link': {
    "name": "Interpreter"
  } satisfies NewLink,
  'new_person': {
    "email": "jonas@visavis.example",
    "name": "Jonas Weiß",
    "title": "",
    "role": "staff"
  } satisfies NewPerson,
  'new_person.admin': {
    "email": "selin@visavis.example",
    "name": "Selin",
    "title": "Head office",
    "role": "admin"
  } satisfies NewPerson,
  'new_room_token': {
    "name": "Ana Kaya",
    "identity": "customer 4711",
    "role": "host",
    "expires_in": 300,
    "origins": [
      "https://www.example.org"
    ]
  } satisfies NewRoomToken,
  'new_room_token.least': {
    "name": "Ana Kaya",
    "role": "participant",
    "origins": []
  } satisfies NewRoomToken,
  'new_webhook': {
    "name": "Back office",
    "url": "https://hooks.example.org/visavis",
    "kinds": [
      "ring.started",
      "call.ended"
    ]
  } satisfies NewWebhook,
  'open_room_detail': {
    "room": {
      "name": "Tea",
      "call": "c_7b7e151628aed2a6abf7158809cf4f3c",
      "since": 1763708400000,
      "people": 2,
      "route": "peer_to_peer",
      "entry": "lobby"
    },
    "participants": [
      {
        "id": "p_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
        "name": "Elif",
        "joined_at": 1763708400000,
        "presence": "connected",
        "host": true
      },
      {
        "id": "p_2f0c9a7be24d4f3a8c5d6e7f80912a3b",
        "name": "Zoë",
        "joined_at": 1763708430000,
        "presence": "reconnecting",
        "host": false
      }
    ]
  } satisfies OpenRoomDetail,
  'open_rooms': {
    "rooms": [
      {
        "name": "r_5b7e151628aed2a6abf7158809cf4f3c",
        "ring": "r_5b7e151628aed2a6abf7158809cf4f3c",
        "call": "c_8b7e151628aed2a6abf7158809cf4f3c",
        "since": 1763708460000,
        "people": 3,
        "route": "server",
        "entry": "open"
      },
      {
        "name": "Tea",
        "call": "c_7b7e151628aed2a6abf7158809cf4f3c",
        "since": 1763708400000,
        "people": 2,
        "route": "peer_to_peer",
        "entry": "lobby"
      }
    ],
    "next": "tea"
  } satisfies OpenRooms,
  'open_rooms.last': {
    "rooms": [
      {
        "name": "Tea",
        "call": "c_7b7e151628aed2a6abf7158809cf4f3c",
        "since": 1763708400000,
        "people": 2,
        "route": "peer_to_peer",
        "entry": "lobby"
      }
    ]
  } satisfies OpenRooms,
  'password_change': {
    "current": "correct horse battery staple",
    "new": "another staple, another horse"
  } satisfies PasswordChange,
  'password_proof': {
    "password": "correct horse battery staple"
  } satisfies PasswordProof,
  'people_page': {
    "people": [
      {
        "id": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
        "email": "elif@visavis.example",
        "name": "Elif Yılmaz",
        "title": "Claims, English · Türkçe",
        "role": "staff",
        "state": "active",
        "totp": false,
        "created_at": 1762844400000
      }
    ],
    "tied": ["u_1f0c9a7be24d4f3a8c5d6e7f80912a3b"],
    "next": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b"
  } satisfies PeoplePage,
  'people_page.last': {
    "people": [
      {
        "id": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
        "email": "elif@visavis.example",
        "name": "Elif Yılmaz",
        "title": "Claims, English · Türkçe",
        "role": "staff",
        "state": "active",
        "totp": false,
        "created_at": 1762844400000
      }
    ],
    "tied": []
  } satisfies PeoplePage,
  'person_change': {} satisfies PersonChange,
  'person_change.all': {
    "email": "jonas.weiss@visavis.example",
    "name": "Jonas Weiß",
    "title": "Cards, Deutsch",
    "role": "admin",
    "state": "disabled"
  } satisfies PersonChange,
  'problem': {
    "title": "Too many tickets; try again later",
    "status": 429,
    "code": "rate_limited"
  } satisfies Problem,
  'problem.sign_in_refused': {
    "title": "Address or password are wrong",
    "status": 401,
    "code": "sign_in_refused"
  } satisfies Problem,
  'profile_change': {} satisfies ProfileChange,
  'profile_change.all': {
    "name": "Elif Yılmaz-Weiß",
    "title": "Claims, English · Türkçe · Deutsch"
  } satisfies ProfileChange,
  'replay_request': {
    "event": "e_00000000000000000000000000000901",
    "later": true
  } satisfies ReplayRequest,
  'replayed': {
    "count": 17
  } satisfies Replayed,
  'room_token': {
    "token": "eyJhbGciOiJIUzI1NiJ9.e30.cm9vbQ",
    "expires_at": 1795244400000
  } satisfies RoomToken,
  'sent_file': {
    "id": "f_9e524d06173888b1aecdf40516273849",
    "name": "notes.pdf",
    "size": 120034,
    "picture": false
  } satisfies SentFile,
  'sign_in_options': {} satisfies SignInOptions,
  'sign_in_options.signed_in': {
    "provider": "Example & Sons",
    "account": {
      "id": "u_1f0c9a7be24d4f3a8c5d6e7f80912a3b",
      "email": "elif@visavis.example",
      "name": "Elif Yılmaz",
      "title": "Claims, English · Türkçe",
      "role": "staff",
      "state": "active",
      "totp": false,
      "created_at": 1762844400000
    }
  } satisfies SignInOptions,
  'sign_in_request': {
    "email": "elif@visavis.example",
    "password": "correct horse battery staple"
  } satisfies SignInRequest,
  'sign_in_request.code': {
    "email": "elif@visavis.example",
    "password": "doğru at pil zımba",
    "code": "492039"
  } satisfies SignInRequest,
  'sign_in_view': {
    "id": "g_4e8a1f20b6c34d579e0f1a2b3c4d5e6f",
    "browser": "Firefox on Linux",
    "created_at": 1763704800000,
    "seen_at": 1763708396000,
    "current": true
  } satisfies SignInView,
  'sign_in_view.another': {
    "id": "g_5f9b2031c7d45e68af102b3c4d5e6f70",
    "browser": "Safari on iPhone",
    "created_at": 1763701200000,
    "seen_at": 1763708314000,
    "current": false
  } satisfies SignInView,
  'staff_desk': {
    "desk": {
      "id": "d_0d15ea5e0d15ea5e0d15ea5e0d15ea5e",
      "slug": "claims",
      "name": "Claims",
      "about": "",
      "representatives": [
        {
          "id": "u_2b7e151628aed2a6abf7158809cf4f3c",
          "name": "Selin",
          "title": "Claims",
          "status": "available",
          "version": 1763708400100
        }
      ],
      "waiting": 1,
      "openings": []
    },
    "queue": [
      {
        "id": "u_3c4f9e02d7b14a6e9f8855aa11bb22cc",
        "name": "Zoë",
        "about": "Water damage",
        "since": 1763708400000
      }
    ],
    "queue_version": 1763708400041
  } satisfies StaffDesk,
  'ticket': {
    "ticket": "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl",
    "expires_in": 60
  } satisfies Ticket,
  'ticket.guest': {
    "ticket": "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl",
    "expires_in": 60,
    "guest": "eyJhbGciOiJIUzI1NiJ9.e30.Z3Vlc3Q"
  } satisfies Ticket,
  'ticket.room_token': {
    "ticket": "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl",
    "expires_in": 60,
    "room": "Café 42",
    "name": "Ana Kaya"
  } satisfies Ticket,
  'ticket_request': {} satisfies TicketRequest,
  'ticket_request.appointment': {
    "appointment": "a_3b7e19c05d2f4a6889b1c0d2e3f4a5b6"
  } satisfies TicketRequest,
  'ticket_request.guest': {
    "guest": "eyJhbGciOiJIUzI1NiJ9.e30.Z3Vlc3Q"
  } satisfies TicketRequest,
  'ticket_request.new_guest': {
    "guest": ""
  } satisfies TicketRequest,
  'ticket_request.room_token': {
    "room_token": "eyJhbGciOiJIUzI1NiJ9.e30.cm9vbQ",
    "room": "Café 42"
  } satisfies TicketRequest,
  'totp_confirmation': {
    "offer": "eyJhbGciOiJIUzI1NiJ9.e30.b2ZmZXI",
    "code": "081226"
  } satisfies TotpConfirmation,
  'totp_offer': {
    "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    "url": "otpauth://totp/Visavis:elif%40visavis.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Visavis",
    "offer": "eyJhbGciOiJIUzI1NiJ9.e30.b2ZmZXI"
  } satisfies TotpOffer,
  'webhook_change': {
    "name": "Reception",
    "url": "https://b.example.org/",
    "kinds": [
      "room.opened"
    ],
    "on": false
  } satisfies WebhookChange,
  'webhook_change.nothing': {} satisfies WebhookChange,
  'webhook_event.appointment_cancelled': {
    "id": "e_0000000000000000000000000000090d",
    "type": "appointment.cancelled",
    "subject": "a_00000000000000000000000000000031",
    "number": 13,
    "at": 1800000013000,
    "data": {
      "appointment": "a_00000000000000000000000000000031",
      "professional": "u_00000000000000000000000000000011",
      "starts_at": 1800003600000,
      "minutes": 30,
      "zone": "Europe/Berlin",
      "state": "cancelled",
      "sequence": 2
    }
  } satisfies WebhookEvent,
  'webhook_event.appointment_created': {
    "id": "e_0000000000000000000000000000090b",
    "type": "appointment.created",
    "subject": "a_00000000000000000000000000000031",
    "number": 11,
    "at": 1800000011000,
    "data": {
      "appointment": "a_00000000000000000000000000000031",
      "professional": "u_00000000000000000000000000000011",
      "desk": "d_00000000000000000000000000000021",
      "starts_at": 1800003600000,
      "minutes": 30,
      "zone": "Europe/Berlin",
      "state": "booked",
      "sequence": 0
    }
  } satisfies WebhookEvent,
  'webhook_event.appointment_done': {
    "id": "e_0000000000000000000000000000090e",
    "type": "appointment.done",
    "subject": "a_00000000000000000000000000000031",
    "number": 14,
    "at": 1800000014000,
    "data": {
      "appointment": "a_00000000000000000000000000000031",
      "professional": "u_00000000000000000000000000000011",
      "desk": "d_00000000000000000000000000000021",
      "starts_at": 1800003600000,
      "minutes": 30,
      "zone": "Europe/Berlin",
      "state": "done",
      "sequence": 1
    }
  } satisfies WebhookEvent,
  'webhook_event.appointment_ended': {
    "id": "e_00000000000000000000000000000914",
    "type": "appointment.ended",
    "subject": "a_00000000000000000000000000000031",
    "number": 20,
    "at": 1800000020000,
    "data": {
      "appointment": "a_00000000000000000000000000000031",
      "professional": "u_00000000000000000000000000000011",
      "desk": "d_00000000000000000000000000000021",
      "person": "u_00000000000000000000000000000011",
      "role": "staff",
      "ring": "r_00000000000000000000000000000063"
    }
  } satisfies WebhookEvent,
  'webhook_event.appointment_left': {
    "id": "e_00000000000000000000000000000912",
    "type": "appointment.left",
    "subject": "a_00000000000000000000000000000031",
    "number": 18,
    "at": 1800000018000,
    "data": {
      "appointment": "a_00000000000000000000000000000031",
      "professional": "u_00000000000000000000000000000011",
      "person": "u_00000000000000000000000000000003",
      "role": "guest"
    }
  } satisfies WebhookEvent,
  'webhook_event.appointment_moved': {
    "id": "e_0000000000000000000000000000090c",
    "type": "appointment.moved",
    "subject": "a_00000000000000000000000000000031",
    "number": 12,
    "at": 1800000012000,
    "data": {
      "appointment": "a_00000000000000000000000000000031",
      "professional": "u_00000000000000000000000000000011",
      "desk": "d_00000000000000000000000000000021",
      "starts_at": 1800007200000,
      "minutes": 30,
      "zone": "Europe/Berlin",
      "state": "booked",
      "sequence": 1
    }
  } satisfies WebhookEvent,
  'webhook_event.appointment_no_show': {
    "id": "e_0000000000000000000000000000090f",
    "type": "appointment.no_show",
    "subject": "a_00000000000000000000000000000031",
    "number": 15,
    "at": 1800000015000,
    "data": {
      "appointment": "a_00000000000000000000000000000031",
      "professional": "u_00000000000000000000000000000011",
      "desk": "d_00000000000000000000000000000021",
      "starts_at": 1800003600000,
      "minutes": 30,
      "zone": "Europe/Berlin",
      "state": "no_show",
      "sequence": 1
    }
  } satisfies WebhookEvent,
  'webhook_event.appointment_reopened': {
    "id": "e_00000000000000000000000000000910",
    "type": "appointment.reopened",
    "subject": "a_00000000000000000000000000000031",
    "number": 16,
    "at": 1800000016000,
    "data": {
      "appointment": "a_00000000000000000000000000000031",
      "professional": "u_00000000000000000000000000000011",
      "desk": "d_00000000000000000000000000000021",
      "starts_at": 1800003600000,
      "minutes": 30,
      "zone": "Europe/Berlin",
      "state": "booked",
      "sequence": 1
    }
  } satisfies WebhookEvent,
  'webhook_event.appointment_taken': {
    "id": "e_00000000000000000000000000000913",
    "type": "appointment.taken",
    "subject": "a_00000000000000000000000000000031",
    "number": 19,
    "at": 1800000019000,
    "data": {
      "appointment": "a_00000000000000000000000000000031",
      "professional": "u_00000000000000000000000000000011",
      "desk": "d_00000000000000000000000000000021",
      "person": "u_00000000000000000000000000000011",
      "role": "staff",
      "ring": "r_00000000000000000000000000000063"
    }
  } satisfies WebhookEvent,
  'webhook_event.appointment_waiting': {
    "id": "e_00000000000000000000000000000911",
    "type": "appointment.waiting",
    "subject": "a_00000000000000000000000000000031",
    "number": 17,
    "at": 1800000017000,
    "data": {
      "appointment": "a_00000000000000000000000000000031",
      "professional": "u_00000000000000000000000000000011",
      "desk": "d_00000000000000000000000000000021",
      "person": "u_00000000000000000000000000000002",
      "role": "client"
    }
  } satisfies WebhookEvent,
  'webhook_event.call_ended': {
    "id": "e_05000000000000000000000000000061",
    "type": "call.ended",
    "subject": "r_00000000000000000000000000000061",
    "number": 4,
    "at": 1800000004000,
    "data": {
      "ring": "r_00000000000000000000000000000061",
      "purpose": "desk",
      "desk": "d_00000000000000000000000000000021",
      "visitor": "u_00000000000000000000000000000001",
      "representative": "u_00000000000000000000000000000011",
      "started_at": 1800000001000,
      "accepted_at": 1800000002000,
      "end": "hung_up"
    }
  } satisfies WebhookEvent,
  'webhook_event.call_started': {
    "id": "e_04000000000000000000000000000061",
    "type": "call.started",
    "subject": "r_00000000000000000000000000000061",
    "number": 3,
    "at": 1800000003000,
    "data": {
      "ring": "r_00000000000000000000000000000061",
      "purpose": "desk",
      "desk": "d_00000000000000000000000000000021",
      "visitor": "u_00000000000000000000000000000001",
      "representative": "u_00000000000000000000000000000011",
      "started_at": 1800000001000,
      "accepted_at": 1800000002000
    }
  } satisfies WebhookEvent,
  'webhook_event.call_started_appointment': {
    "id": "e_04000000000000000000000000000063",
    "type": "call.started",
    "subject": "r_00000000000000000000000000000063",
    "number": 8,
    "at": 1800000008000,
    "data": {
      "ring": "r_00000000000000000000000000000063",
      "purpose": "appointment",
      "appointment": "a_00000000000000000000000000000031",
      "visitor": "u_00000000000000000000000000000002",
      "representative": "u_00000000000000000000000000000011",
      "started_at": 1800000004000,
      "accepted_at": 1800000004000
    }
  } satisfies WebhookEvent,
  'webhook_event.participant_joined': {
    "id": "e_00000000000000000000000000000916",
    "type": "room.participant_joined",
    "subject": "c_00000000000000000000000000000071",
    "number": 22,
    "at": 1800000022000,
    "data": {
      "room": "Tea",
      "call": "c_00000000000000000000000000000071",
      "people": 1,
      "participant": "p_00000000000000000000000000000081"
    }
  } satisfies WebhookEvent,
  'webhook_event.participant_left': {
    "id": "e_00000000000000000000000000000917",
    "type": "room.participant_left",
    "subject": "c_00000000000000000000000000000071",
    "number": 23,
    "at": 1800000023000,
    "data": {
      "room": "Tea",
      "call": "c_00000000000000000000000000000071",
      "people": 0,
      "participant": "p_00000000000000000000000000000081",
      "reason": "left"
    }
  } satisfies WebhookEvent,
  'webhook_event.queue_joined': {
    "id": "e_00000000000000000000000000000909",
    "type": "queue.joined",
    "subject": "d_00000000000000000000000000000021",
    "number": 9,
    "at": 1800000009000,
    "data": {
      "desk": "d_00000000000000000000000000000021",
      "visitor": "u_00000000000000000000000000000001",
      "since": 1800000000000,
      "waiting": 1
    }
  } satisfies WebhookEvent,
  'webhook_event.queue_left': {
    "id": "e_0000000000000000000000000000090a",
    "type": "queue.left",
    "subject": "d_00000000000000000000000000000021",
    "number": 10,
    "at": 1800000010000,
    "data": {
      "desk": "d_00000000000000000000000000000021",
      "visitor": "u_00000000000000000000000000000001",
      "since": 1800000000000,
      "waiting": 0,
      "ring": "r_00000000000000000000000000000061"
    }
  } satisfies WebhookEvent,
  'webhook_event.ring_accepted': {
    "id": "e_02000000000000000000000000000061",
    "type": "ring.accepted",
    "subject": "r_00000000000000000000000000000061",
    "number": 2,
    "at": 1800000002000,
    "data": {
      "ring": "r_00000000000000000000000000000061",
      "purpose": "desk",
      "desk": "d_00000000000000000000000000000021",
      "visitor": "u_00000000000000000000000000000001",
      "representative": "u_00000000000000000000000000000011",
      "started_at": 1800000001000,
      "accepted_at": 1800000002000
    }
  } satisfies WebhookEvent,
  'webhook_event.ring_cancelled': {
    "id": "e_03000000000000000000000000000062",
    "type": "ring.cancelled",
    "subject": "r_00000000000000000000000000000062",
    "number": 7,
    "at": 1800000007000,
    "data": {
      "ring": "r_00000000000000000000000000000062",
      "purpose": "bring_in",
      "desk": "d_00000000000000000000000000000021",
      "into": "r_00000000000000000000000000000061",
      "visitor": "u_00000000000000000000000000000001",
      "representative": "u_00000000000000000000000000000012",
      "started_at": 1800000003000,
      "end": "cancelled"
    }
  } satisfies WebhookEvent,
  'webhook_event.ring_declined': {
    "id": "e_03000000000000000000000000000062",
    "type": "ring.declined",
    "subject": "r_00000000000000000000000000000062",
    "number": 5,
    "at": 1800000005000,
    "data": {
      "ring": "r_00000000000000000000000000000062",
      "purpose": "bring_in",
      "desk": "d_00000000000000000000000000000021",
      "into": "r_00000000000000000000000000000061",
      "visitor": "u_00000000000000000000000000000001",
      "representative": "u_00000000000000000000000000000012",
      "started_at": 1800000003000,
      "end": "declined"
    }
  } satisfies WebhookEvent,
  'webhook_event.ring_missed': {
    "id": "e_03000000000000000000000000000062",
    "type": "ring.missed",
    "subject": "r_00000000000000000000000000000062",
    "number": 6,
    "at": 1800000006000,
    "data": {
      "ring": "r_00000000000000000000000000000062",
      "purpose": "bring_in",
      "desk": "d_00000000000000000000000000000021",
      "into": "r_00000000000000000000000000000061",
      "visitor": "u_00000000000000000000000000000001",
      "representative": "u_00000000000000000000000000000012",
      "started_at": 1800000003000,
      "end": "missed"
    }
  } satisfies WebhookEvent,
  'webhook_event.ring_started': {
    "id": "e_01000000000000000000000000000061",
    "type": "ring.started",
    "subject": "r_00000000000000000000000000000061",
    "number": 1,
    "at": 1800000001000,
    "data": {
      "ring": "r_00000000000000000000000000000061",
      "purpose": "desk",
      "desk": "d_00000000000000000000000000000021",
      "visitor": "u_00000000000000000000000000000001",
      "representative": "u_00000000000000000000000000000011",
      "started_at": 1800000001000
    }
  } satisfies WebhookEvent,
  'webhook_event.room_closed': {
    "id": "e_00000000000000000000000000000918",
    "type": "room.closed",
    "subject": "c_00000000000000000000000000000071",
    "number": 24,
    "at": 1800000024000,
    "data": {
      "room": "Tea",
      "call": "c_00000000000000000000000000000071",
      "people": 0
    }
  } satisfies WebhookEvent,
  'webhook_event.room_opened': {
    "id": "e_00000000000000000000000000000915",
    "type": "room.opened",
    "subject": "c_00000000000000000000000000000071",
    "number": 21,
    "at": 1800000021000,
    "data": {
      "room": "Tea",
      "call": "c_00000000000000000000000000000071",
      "people": 0
    }
  } satisfies WebhookEvent,
  'webhook_event.test': {
    "id": "e_00000000000000000000000000000919",
    "type": "webhook.test",
    "subject": "h_00000000000000000000000000000051",
    "number": 25,
    "at": 1800000025000,
    "data": {
      "webhook": "h_00000000000000000000000000000051"
    }
  } satisfies WebhookEvent,
  'webhook_secret': {
    "secret": "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "earlier_until": 1800086400000
  } satisfies WebhookSecret,
  'webhook_view': {
    "id": "h_00000000000000000000000000000051",
    "name": "Back office",
    "url": "https://hooks.example.org/visavis",
    "kinds": [
      "call.started",
      "call.ended"
    ],
    "state": "on",
    "created_at": 1800000000000,
    "waiting": 0,
    "given_up": 0,
    "delivered_at": 1800000005000
  } satisfies WebhookView,
  'webhook_view.away': {
    "id": "h_00000000000000000000000000000051",
    "name": "Back office",
    "url": "https://hooks.example.org/visavis",
    "kinds": [
      "call.started",
      "call.ended"
    ],
    "state": "on",
    "created_at": 1800000000000,
    "waiting": 12,
    "given_up": 1,
    "delivered_at": 1800000005000,
    "oldest": 1800000001000,
    "failed_at": 1800000009000,
    "trouble": "timed_out"
  } satisfies WebhookView,
  'webhook_view.gone': {
    "id": "h_00000000000000000000000000000051",
    "name": "Back office",
    "url": "https://hooks.example.org/visavis",
    "kinds": [
      "call.started",
      "call.ended"
    ],
    "state": "gone",
    "created_at": 1800000000000,
    "waiting": 1,
    "given_up": 0,
    "oldest": 1800000000000,
    "failed_at": 1800000000000,
    "trouble": "gone"
  } satisfies WebhookView,
  'webhook_view.off': {
    "id": "h_00000000000000000000000000000051",
    "name": "Back office",
    "url": "https://hooks.example.org/visavis",
    "kinds": [
      "call.started",
      "call.ended"
    ],
    "state": "off",
    "created_at": 1800000000000,
    "waiting": 0,
    "given_up": 0
  } satisfies WebhookView,
};

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
  "room_locked",
  "knock_first",
  "lobby_full",
  "password_required",
  "password_wrong",
  "password_invalid",
  "room_not_open",
  "continuation_invalid",
  "participant_unknown",
  "stale_generation",
  "message_invalid",
  "media_invalid",
  "media_unknown",
  "not_host",
  "desk_unknown",
  "text_invalid",
  "busy",
  "all_busy",
  "queue_full",
  "not_available",
  "nobody_online",
  "engaged",
  "ring_unknown",
  "admitted",
  "appointment_unknown",
  "too_early",
  "appointment_over",
  "name_taken",
  "in_use",
  "not_in_lounge",
  "lounge_room_unknown",
  "removed",
  "person_unknown",
  "blocked",
  "message_unknown",
  "not_changeable",
  "file_invalid",
  "storage_full",
  "forbidden",
  "try_again",
  "internal"
] satisfies Code[];
