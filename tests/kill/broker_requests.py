"""The few requests to a broker that librdkafka 2.0.2 does not know."""
import socket
import struct

ALTER_CLIENT_QUOTAS, LIST_TRANSACTIONS = 49, 66


def ask(broker, api, body, flexible):
    """What follows the header of the answer. Version 0 of the request."""
    host, port = broker.split(":")
    head = struct.pack(">hhih", api, 0, 1, -1) + (b"\0" if flexible else b"")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(struct.pack(">i", len(head + body)) + head + body)
        with connection.makefile("rb") as answers:
            answer = answers.read(struct.unpack(">i", answers.read(4))[0])
    return answer[5 if flexible else 4:]


def string(text):
    return struct.pack(">h", len(text)) + text.encode()


def set_quota(broker, client_id, key, bytes_per_second):
    """For one client: `producer_byte_rate` or `consumer_byte_rate`."""
    entity = struct.pack(">i", 1) + string("client-id") + string(client_id)
    operation = struct.pack(">i", 1) + string(key) + struct.pack(">d?", bytes_per_second, False)
    answer = ask(broker, ALTER_CLIENT_QUOTAS, struct.pack(">i", 1) + entity + operation + b"\0", flexible=False)
    error, = struct.unpack(">h", answer[8:10])
    if error != 0:
        raise AssertionError(f"the broker refuses a quota with error {error}")


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def transactions(broker):
    """Transactional id -> its state, such as `Ongoing`."""
    answer = ask(broker, LIST_TRANSACTIONS, b"\1\1\0", flexible=True)
    count, at = varint(answer, 6)  # Of filters that are not known: none were given.
    count, at = varint(answer, at)
    found = {}
    for _ in range(count - 1):
        texts = []
        for skip in (8, 0):  # A producer's number stands behind the first.
            size, at = varint(answer, at)
            texts.append(answer[at:at + size - 1].decode())
            at += size - 1 + skip
        _, at = varint(answer, at)
        found[texts[0]] = texts[1]
    return found
