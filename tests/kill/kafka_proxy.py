"""Between a pipeline and its broker: cuts connections, holds every message up, and sees when the broker throttles."""
import random
import socket
import struct
import threading

PRODUCE, FETCH = 0, 1


class KafkaProxy:
    """Where the broker says its own address, the proxy puts its own: clients come back to it. `cuts`: so many messages in
    a thousand are cut off in their middle, with their connection; `delay_s`: how long each answer is on its way."""

    def __init__(self, broker, seed=0, cuts=0, delay_s=0.0):
        host, port = broker.split(":")
        self.broker = (host, int(port))
        self.chance = random.Random(seed)
        self.cuts = cuts
        self.delay_s = delay_s
        self.cut = self.answers = self.throttled_ms = 0
        self.closed = threading.Event()
        self.listener = socket.create_server((host, 0))
        self.address = f"{host}:{self.listener.getsockname()[1]}"
        name = host.encode()
        self.theirs = name + struct.pack(">i", int(port))
        self.ours = name + struct.pack(">i", self.listener.getsockname()[1])
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            broker = socket.create_connection(self.broker)
            for each in (client, broker):
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            requests = {}
            for way in ((client, broker, requests, True), (broker, client, requests, False)):
                threading.Thread(target=self.carry, args=way, daemon=True).start()

    def carry(self, source, target, requests, asks):
        try:
            while message := self.next_message(source):
                if asks:
                    api, version, number = struct.unpack(">hhi", message[4:12])
                    requests[number] = (api, version)
                else:
                    self.look_at(message, *requests.pop(struct.unpack(">i", message[4:8])[0]))
                    message = message.replace(self.theirs, self.ours)
                    if self.delay_s:
                        self.closed.wait(self.delay_s)  # The fault itself.
                if self.chance.random() * 1000 < self.cuts:
                    self.cut += 1
                    target.sendall(message[:len(message) // 2])
                    break
                target.sendall(message)
        except OSError:
            pass
        for each in (source, target):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        source.close()

    def look_at(self, answer, api, version):
        """How long the broker asks its client to wait: behind the answer's number, or at its end."""
        self.answers += 1
        if api == FETCH and 1 <= version < 12:
            self.throttled_ms += struct.unpack(">i", answer[8:12])[0]
        elif api == PRODUCE and 1 <= version < 9 and len(answer) > 8:
            self.throttled_ms += struct.unpack(">i", answer[-4:])[0]

    @staticmethod
    def next_message(source):
        """With the four bytes of its length; nothing at the end."""
        message = b""
        while len(message) < 4 or len(message) < 4 + struct.unpack(">i", message[:4])[0]:
            wanted = 4 if len(message) < 4 else 4 + struct.unpack(">i", message[:4])[0]
            piece = source.recv(wanted - len(message))
            if not piece:
                return b""
            message += piece
        return message

    def close(self):
        self.closed.set()
        self.listener.close()
