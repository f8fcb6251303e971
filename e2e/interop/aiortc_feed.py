"""A program made of aiortc that sends a tone and a picture of one colour by WHIP, or takes what is sent by WHEP.

    aiortc_feed.py whip|whep http://localhost:8080/whip/ROOM KEY

Reads commands from standard input, a line each, and answers each with a line of JSON:

    open      POST, without the ways to this side; says status, headers and the code of a refusal
    trickle   PATCH with them
    counts    what has arrived until now, and the state of the connection
    delete    DELETE
    h264      sends pictures in H.264 from the start; says nothing
    pause     sends no more pictures; says nothing
    resume    sends them again; says nothing
    at A B    goes to port B where it was A; says nothing
    quit      ends without a word to the server
"""

import asyncio
import json
import sys
import urllib.error
import urllib.request
from urllib.parse import urljoin

from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription

from aiortc_tracks import Colour, Tone, hertz, nothing, pictures, sound


class Feed:
    def __init__(self, kind, address, key):
        self.kind, self.address, self.key = kind, address, key
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.counts = nothing()
        self.codec = None
        self.where = self.etag = None

    async def ask(self, method, address, body=None, **headers):
        """Over HTTP, beside what the connection does."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(
            address,
            method=method,
            data=body.encode() if body is not None else None,
            headers={"Authorization": f"Bearer {self.key}", **headers},
        )

        def send():
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:
                    return answer.status, answer.headers, answer.read().decode()
            except urllib.error.HTTPError as refused:
                return refused.code, refused.headers, refused.read().decode()

        return await asyncio.get_running_loop().run_in_executor(None, send)

    async def open(self):
        if self.kind == "whip":
            for track in (Tone(), Colour()):
                one = self.connection.addTransceiver(track, "sendonly")
                if one.kind == "video" and self.codec:
                    known = RTCRtpSender.getCapabilities("video").codecs
                    one.setCodecPreferences([one for one in known if one.mimeType == self.codec])
        else:
            for kind in ("audio", "video"):
                self.connection.addTransceiver(kind, "recvonly")
        await self.connection.setLocalDescription(await self.connection.createOffer())
        self.offer = self.connection.localDescription.sdp
        lines = self.offer.splitlines()
        bare = [line for line in lines if not line.startswith(("a=candidate", "a=end-of-candidates"))]
        status, headers, text = await self.ask(
            "POST", self.address, "\r\n".join(bare) + "\r\n", Content_Type="application/sdp"
        )
        if status != 201:
            return {"status": status, "code": json.loads(text)["code"]}
        self.where, self.etag = urljoin(self.address, headers["Location"]), headers["ETag"]
        await self.connection.setRemoteDescription(RTCSessionDescription(text, "answer"))
        if self.kind == "whep":
            for one in self.connection.getTransceivers():
                count = sound if one.kind == "audio" else pictures
                asyncio.ensure_future(count(one.receiver.track, self.counts))
        links = headers.get_all("Link") or []
        return {"status": status, "location": self.where, "etag": self.etag, "links": links}

    async def trickle(self):
        kept = ("a=ice-ufrag", "a=ice-pwd", "a=candidate", "a=end-of-candidates", "m=", "a=mid")
        section = self.offer.split("\nm=", 1)[1].split("\nm=", 1)[0]
        lines = [line.strip() for line in ("m=" + section).splitlines()]
        fragment = "\r\n".join(line for line in lines if line.startswith(kept)) + "\r\n"
        status, _, _ = await self.ask(
            "PATCH",
            self.where,
            fragment,
            Content_Type="application/trickle-ice-sdpfrag",
            If_Match=self.etag,
        )
        return {"status": status}

    async def delete(self):
        status, _, _ = await self.ask("DELETE", self.where)
        return {"status": status}

    def counted(self):
        return {**self.counts, "hertz": hertz(self.counts), "state": self.connection.connectionState}


async def main(kind, address, key):
    feed = Feed(kind, address, key)
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := (await reader.readline()).decode().strip():
        if line == "quit":
            break
        if line == "h264":
            feed.codec = "video/H264"
            continue
        if line in ("pause", "resume"):
            for one in feed.connection.getSenders():
                if one.kind == "video":
                    one.replaceTrack(Colour() if line == "resume" else None)
            continue
        if line.startswith("at "):
            # From now on at another instance.
            feed.where = feed.where.replace(*line.split(" ")[1:])
            continue
        told = feed.counted() if line == "counts" else await getattr(feed, line)()
        print(json.dumps(told), flush=True)


asyncio.run(main(*sys.argv[1:]))
