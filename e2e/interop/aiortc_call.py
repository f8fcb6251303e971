"""Two participants made of aiortc, an implementation of WebRTC that shares nothing with ours or the browsers'.

One publishes a tone and a picture of one colour, the other receives and decodes both over the media server. Speaks
docs/protocol.md. Prints what the receiver got as one line of JSON.

    aiortc_call.py http://localhost:8080
"""

import asyncio
import fractions
import json
import math
import sys
import time
import urllib.request

import websockets
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack
from av import AudioFrame, VideoFrame

LUMA, BLUE, RED = 120, 60, 190
TONE = 440
RATE = 48_000
SECONDS = 5


class Colour(VideoStreamTrack):
    """A picture of one colour."""

    async def recv(self):
        pts, time_base = await self.next_timestamp()
        frame = VideoFrame(width=320, height=180, format="yuv420p")
        for plane, value in zip(frame.planes, (LUMA, BLUE, RED)):
            plane.update(bytes([value]) * plane.buffer_size)
        frame.pts, frame.time_base = pts, time_base
        return frame


class Tone(AudioStreamTrack):
    """A sine, 20 ms at a time."""

    def __init__(self):
        super().__init__()
        self.began, self.sent = time.monotonic(), 0

    async def recv(self):
        samples = RATE // 50
        await asyncio.sleep(max(0, self.began + self.sent / RATE - time.monotonic()))
        angle = 2 * math.pi * TONE / RATE
        values = (int(12_000 * math.sin(angle * (self.sent + n))) for n in range(samples))
        frame = AudioFrame(format="s16", layout="mono", samples=samples)
        frame.planes[0].update(b"".join(value.to_bytes(2, "little", signed=True) for value in values))
        frame.pts, frame.sample_rate = self.sent, RATE
        frame.time_base = fractions.Fraction(1, RATE)
        self.sent += samples
        return frame


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


async def pictures(track, counts):
    while True:
        frame = await track.recv()
        counts["frames"] += 1
        planes = [bytes(plane) for plane in frame.planes]
        counts["colour"] = [round(sum(plane) / len(plane)) for plane in planes]
        counts["size"] = [frame.width, frame.height]


async def sound(track, counts):
    while True:
        frame = await track.recv()
        counts["sounds"] += 1
        values = frame.to_ndarray().reshape(-1)[:: len(frame.layout.channels)].astype(float)
        counts["loudest"] = max(counts["loudest"], float(abs(values).max()))
        crossings = sum(1 for a, b in zip(values, values[1:]) if a < 0 <= b)
        counts["crossings"] += crossings
        counts["samples"] += len(values)


async def main(base):
    sender, receiver = Participant(base), Participant(base)
    await sender.join("aiortc", "Sender")
    settings = {"route": "server", "publishing": "everybody"}
    await sender.command({"type": "set_room", "settings": settings})
    await receiver.join("aiortc", "Receiver")
    await sender.connect({"microphone": Tone(), "camera": Colour()})
    await receiver.connect({})
    counts = {"frames": 0, "sounds": 0, "loudest": 0.0, "crossings": 0, "samples": 0}
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
    counts["hertz"] = counts["crossings"] * RATE / max(1, counts["samples"])
    print(json.dumps({**counts, "slots": carried, "state": receiver.connection.connectionState}))
    await sender.close()
    await receiver.close()


asyncio.run(main(sys.argv[1]))
