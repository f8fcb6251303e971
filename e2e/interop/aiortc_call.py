"""Two participants made of aiortc, an implementation of WebRTC that shares nothing with ours or the browsers'.

One publishes a tone and a picture of one colour, the other receives and decodes both over the media server. Speaks
docs/protocol.md. Prints what the receiver got as one line of JSON.

    aiortc_call.py http://localhost:8080
"""

import asyncio
import json
import sys
import urllib.request

import websockets
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from aiortc_tracks import Colour, Tone, hertz, nothing, pictures, sound

SECONDS = 5


class Participant:
    """A session, a seat, and a connection with the media server."""

    def __init__(self, base):
        self.base = base
        self.commands = 0
        self.replies = {}
        self.slots = []
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))

    async def join(self, room, name):
        request = urllib.request.Request(f"{self.base}/api/v1/tickets", method="POST", data=b"")
        with urllib.request.urlopen(request) as answer:
            ticket = json.load(answer)["ticket"]
        self.socket = await websockets.connect(self.base.replace("http", "ws", 1) + "/ws")
        await self.socket.send(json.dumps({"type": "hello", "protocol": 1, "ticket": ticket}))
        welcome = json.loads(await self.socket.recv())
        assert welcome["type"] == "welcome", welcome
        self.reading = asyncio.ensure_future(self.read())
        joined = await self.command(
            {"type": "join", "room": room, "name": name, "microphone": "live", "camera": "on", "media": "fresh"}
        )
        self.id = joined["participant"]

    async def read(self):
        async for text in self.socket:
            frame = json.loads(text)
            if frame["type"] in ("reply", "rejection"):
                self.replies[frame["id"]].set_result(frame)
            elif frame["type"] == "event" and frame["event"]["type"] == "slots_assigned":
                self.slots = frame["event"]["slots"]

    async def command(self, command):
        self.commands += 1
        self.replies[self.commands] = asyncio.get_running_loop().create_future()
        await self.socket.send(json.dumps({"type": "command", "id": self.commands, "command": command}))
        frame = await asyncio.wait_for(self.replies[self.commands], 10)
        assert frame["type"] == "reply", frame
        return frame["reply"]

    async def connect(self, tracks):
        """Own tracks with their sources, and a slot of each kind."""
        own = {source: self.connection.addTransceiver(track, "sendonly") for source, track in tracks.items()}
        for kind in ("audio", "video"):
            self.connection.addTransceiver(kind, "recvonly")
        await self.connection.setLocalDescription(await self.connection.createOffer())
        labels = [{"mid": one.mid, "source": source} for source, one in own.items()]
        sdp = self.connection.localDescription.sdp
        answer = await self.command({"type": "media_offer", "fresh": True, "sdp": sdp, "tracks": labels})
        await self.connection.setRemoteDescription(RTCSessionDescription(answer["sdp"], "answer"))

    async def close(self):
        await self.connection.close()
        self.reading.cancel()
        await self.socket.close()


async def main(base):
    sender, receiver = Participant(base), Participant(base)
    await sender.join("aiortc", "Sender")
    settings = {"route": "server", "publishing": "everybody"}
    await sender.command({"type": "set_room", "settings": settings})
    await receiver.join("aiortc", "Receiver")
    await sender.connect({"microphone": Tone(), "camera": Colour()})
    await receiver.connect({})
    counts = nothing()
    tracks = {one.kind: one.receiver.track for one in receiver.connection.getTransceivers()}
    taking = [
        asyncio.ensure_future(pictures(tracks["video"], counts)),
        asyncio.ensure_future(sound(tracks["audio"], counts)),
    ]
    view = {"participant": sender.id, "source": "camera", "width": 320, "height": 180}
    await receiver.command({"type": "view", "videos": [view]})
    await asyncio.sleep(SECONDS)
    for task in taking:
        task.cancel()
    carried = sorted(slot["source"] for slot in receiver.slots if slot["participant"] == sender.id)
    counts["hertz"] = hertz(counts)
    print(json.dumps({**counts, "slots": carried, "state": receiver.connection.connectionState}))
    await sender.close()
    await receiver.close()


asyncio.run(main(sys.argv[1]))
