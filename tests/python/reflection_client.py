"""A client of simbind that knows nothing but the server's reflection.

    reflection_client.py --vectors proto/TRANSCRIPT.md   reproduces the published transcripts
    reflection_client.py --make-ca DIR                   makes an authority and a user certificate
    reflection_client.py --target HOST:PORT --dir DIR    enrols, pushes events, checks logins

The server must trust DIR/ca.pem. Ends with 1 at the first surprise.
"""

import argparse
import datetime
import hashlib
import pathlib
import re
import secrets
import struct
import sys
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

APP_LOGIN, BARE_TAP = 1, 3
APP = "jp.simbind.demo"
ICCID = "8981100000000000010"
IMEI = "490154203237518"
OTHER_IMEI = "352099001761481"


class Surprise(Exception):
    """The server did what it must not."""


def expect(true, what):
    if not true:
        raise Surprise(what)


# --- The transcript: proto/TRANSCRIPT.md


def field(number, value):
    if value is None:
        return bytes([number, 0])
    return bytes([number, 1]) + struct.pack(">H", len(value)) + value


def text(value):
    return None if value is None else value.encode("ascii")


def transcript(
    challenge,
    audience,
    channel,
    signed_ms,
    iccid=None,
    imei=None,
    toolkit_imei=None,
    counter=None,
    app=None,
    ui_app=None,
):
    return b"".join(
        [
            b"simbind-transcript\x02",
            field(1, challenge),
            field(2, text(audience)),
            field(3, bytes([channel])),
            field(4, text(iccid)),
            field(5, text(imei and imei[:14])),
            field(6, text(toolkit_imei and toolkit_imei[:14])),
            field(7, None if counter is None else struct.pack(">Q", counter)),
            field(8, text(app)),
            field(9, struct.pack(">q", signed_ms)),
            field(10, text(ui_app)),
        ]
    )


def step_up_message(step_up_id):
    return b"simbind-step-up\x01" + field(1, text(step_up_id))


def activation_message(challenge, ticket, certificate, iccid, handset_key):
    return b"".join(
        [
            b"simbind-activation\x01",
            field(1, challenge),
            field(2, text(ticket)),
            field(3, certificate),
            field(4, text(iccid)),
            field(5, handset_key),
        ]
    )


def enrolment_message(
    challenge,
    person,
    certificate,
    iccid,
    carrier,
    imeis=(),
    eid=None,
    line_ref=None,
    msisdn=None,
    key_home=1,
    counter=1,
    handset_key=None,
    card=None,
):
    named = "".join(sorted(imei[:14] for imei in imeis))
    return b"".join(
        [
            b"simbind-enrolment\x01",
            field(1, challenge),
            field(2, text(person)),
            field(3, certificate),
            field(4, text(iccid)),
            field(5, text(eid)),
            field(6, text(carrier)),
            field(7, text(line_ref)),
            field(8, text(msisdn)),
            field(9, bytes([key_home])),
            field(10, bytes([counter])),
            field(11, text(named or None)),
            field(12, handset_key),
            field(13, card),
        ]
    )


def owner_message(challenge, act, binding, iccid, carrier, certificate=None, handset_key=None):
    return b"".join(
        [
            b"simbind-owner\x01",
            field(1, challenge),
            field(2, bytes([act])),
            field(3, text(binding)),
            field(4, text(iccid)),
            field(5, text(carrier)),
            field(6, certificate),
            field(7, handset_key),
        ]
    )


def token(certificate, iccid, imei, made_ms, life_ms, nonce, handset_key):
    return b"".join(
        [
            b"simbind-handset-token\x01",
            field(1, certificate),
            field(2, text(iccid)),
            field(3, text(imei and imei[:14])),
            field(4, struct.pack(">q", made_ms)),
            field(5, struct.pack(">I", life_ms)),
            field(6, nonce),
            field(7, handset_key),
        ]
    )


def vectors(page):
    challenge, when = bytes(range(0x32)), 1790000000123
    claims = {
        "iccid": "8981100000000000010",
        "imei": "490154203237518",
        "toolkit_imei": "352099001761481",
        "counter": 7,
        "app": "jp.example.login",
    }
    bank = (challenge, "rp:bank", APP_LOGIN, when)
    after = ("bnd_000102030405060708090a0b0c0d0e0f", claims["iccid"], "docomo")
    handset = (b"\xc1" * 32, claims["iccid"])
    made_then = (when, 10_000, bytes(range(16)), b"\xa2" * 32)
    made = {
        "full": transcript(*bank, **claims, ui_app="jp.example.card"),
        "alone": transcript(*bank, **claims),
        "bare": transcript(challenge, "reader:door-1", BARE_TAP, when),
        "step_up": step_up_message("stp_000102030405060708090a0b0c0d0e0f"),
        "activation": activation_message(
            challenge,
            "tkt_000102030405060708090a0b0c0d0e0f",
            b"\xc1" * 32,
            claims["iccid"],
            b"\xa2" * 32,
        ),
        "enrolment": enrolment_message(
            challenge,
            "prs-1",
            b"\xc1" * 32,
            claims["iccid"],
            "docomo",
            [claims["imei"], claims["toolkit_imei"]],
            eid="89049032123451234512345678901235",
            line_ref="line-1",
            msisdn="+819012345678",
            counter=2,
            handset_key=b"\xa2" * 32,
            card=b"\xcd" * 32,
        ),
        "enrolment_least": enrolment_message(
            challenge, "prs-1", b"\xc1" * 32, claims["iccid"], "docomo", key_home=2
        ),
        "owner": owner_message(challenge, 3, *after, b"\x11" * 32, b"\x22" * 32),
        "owner_reproof": owner_message(challenge, 1, *after),
        "token": token(*handset, claims["imei"], *made_then),
        "token_nameless": token(*handset, None, *made_then),
    }
    published = dict(re.findall(r"^(\w+) = ([0-9a-f]+)$", page, re.MULTILINE))
    expect(published.keys() == made.keys(), f"the page has {sorted(published)}")
    for name, value in made.items():
        expect(published[name] == value.hex(), f"vector {name}: {value.hex()}")
        print(f"vector {name}: same, {len(value)} bytes")


# --- Certificates


def certificate(subject, key, issuer, issuer_key, ca):
    now = datetime.datetime.now(datetime.timezone.utc)

    def name(common):
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])

    usage = dict.fromkeys(
        [
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ],
        False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=not ca, key_cert_sign=ca, **usage), critical=True
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )
    if not ca:
        usages = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
        builder = builder.add_extension(usages, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def make_ca(folder):
    ca_key, user_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca = certificate("simbind test authority", ca_key, "simbind test authority", ca_key, True)
    user = certificate("simbind test person", user_key, "simbind test authority", ca_key, False)
    (folder / "ca.pem").write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    (folder / "user.der").write_bytes(user.public_bytes(serialization.Encoding.DER))
    key = user_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "user.key").write_bytes(key)
    print(f"made an authority and a user certificate in {folder}")


# --- The contract, by reflection alone


class Server:
    """Calls methods by name; messages are made from what reflection tells."""

    def __init__(self, target):
        import grpc
        from google.protobuf import descriptor_pool
        from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
            ProtoReflectionDescriptorDatabase,
        )

        self.channel = grpc.insecure_channel(target)
        grpc.channel_ready_future(self.channel).result(timeout=20)
        database = ProtoReflectionDescriptorDatabase(self.channel)
        self.services = set(database.get_services())
        self.pool = descriptor_pool.DescriptorPool(database)

    def call(self, service, method, request):
        from google.protobuf import json_format, message_factory

        found = self.pool.FindServiceByName(f"simbind.v1.{service}").FindMethodByName(method)
        request_class = message_factory.GetMessageClass(found.input_type)
        answer_class = message_factory.GetMessageClass(found.output_type)
        call = self.channel.unary_unary(
            f"/simbind.v1.{service}/{method}",
            request_serializer=request_class.SerializeToString,
            response_deserializer=answer_class.FromString,
        )
        message = json_format.ParseDict(encoded(request), request_class())
        return call(message, timeout=20)

    def enum(self, name, value):
        return self.pool.FindEnumTypeByName(f"simbind.v1.{name}").values_by_number[value].name


def encoded(value):
    """Plain Python values in the form of protobuf's JSON."""
    import base64

    if isinstance(value, dict):
        return {name: encoded(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [encoded(inner) for inner in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def at(ms):
    when = datetime.datetime.fromtimestamp(ms // 1000, datetime.timezone.utc)
    return f"{when:%Y-%m-%dT%H:%M:%S}.{ms % 1000:03d}Z"


def now_ms():
    return time.time_ns() // 1_000_000


def signature(key, message):
    return {
        "scheme": "SIGNATURE_SCHEME_ECDSA_P256_SHA256",
        "value": key.sign(message, ec.ECDSA(hashes.SHA256())),
    }


def enrol(server, key, user, run):
    challenge = server.call("BindingService", "IssueEnrolmentChallenge", {}).challenge
    message = enrolment_message(
        challenge, f"person-{run}", hashlib.sha256(user).digest(), ICCID, "docomo", [IMEI]
    )
    request = {
        "request_id": f"enrol-{run}",
        "person_ref": f"person-{run}",
        "certificate_chain": [user],
        "iccid": ICCID,
        "serving": {"carrier_id": "docomo"},
        "key_home": "KEY_HOME_SIM",
        "signature_counter": "SIGNATURE_COUNTER_NONE",
        "handset": {"imeis": [IMEI], "platform": "PLATFORM_ANDROID"},
        "proof": {"challenge": challenge, "signature": signature(key, message)},
    }
    binding = server.call("BindingService", "EnrolBinding", request).binding
    state = server.enum("BindingState", binding.state)
    expect(state == "BINDING_STATE_ACTIVE", f"the binding is {state}")
    expect(binding.certificate_sha256 == hashlib.sha256(user).digest(), "another certificate")
    again = server.call("BindingService", "EnrolBinding", request).binding
    expect(again.binding_id == binding.binding_id, "a repeated enrolment made another binding")
    print(f"enrolled: {state}")
    return binding


def publish(server, *events):
    answer = server.call("SimEventService", "PublishEvents", {"events": list(events)})
    statuses = [server.enum("EventStatus", result.status) for result in answer.results]
    expect(len(statuses) == len(events), f"{len(events)} events, {len(statuses)} results")
    return statuses


def event(run, name, imei, kind):
    return {
        "event_id": f"{name}-{run}",
        "carrier_id": "docomo",
        "occurred_at": at(now_ms()),
        "iccid": ICCID,
        kind: {"imei": imei},
    }


def login_request(server, key, user, request_id, imei=IMEI, challenge=None):
    if challenge is None:
        issue = {"channel": "CHANNEL_APP_LOGIN"}
        challenge = server.call("CheckService", "IssueChallenge", issue)
    signed = now_ms()
    message = transcript(
        challenge.challenge, challenge.audience, APP_LOGIN, signed, ICCID, imei, app=APP
    )
    evidence = {
        "challenge": challenge.challenge,
        "certificate_chain": [user],
        "signature": signature(key, message),
        "iccid": ICCID,
        "imei": imei,
        "app_id": APP,
        "signed_at": at(signed),
    }
    request = {
        "request_id": request_id,
        "channel": "CHANNEL_APP_LOGIN",
        "operation": "view",
        "evidence": evidence,
    }
    return request, challenge


def check(server, request, what):
    decision = server.call("CheckService", "CheckLogin", request).decision
    verdict = decision.WhichOneof("verdict")
    expect(verdict is not None, f"{what}: no verdict")
    edge = server.enum("Edge", decision.broken_edge)
    reasons = ", ".join(f"{reason.code}: {reason.text_en}" for reason in decision.reasons)
    print(f"{what}: {verdict} ({edge}) {reasons}")
    return decision, verdict, edge


def play(target, folder):
    server = Server(target)
    for service in ["BindingService", "CheckService", "SimEventService", "DecisionService"]:
        expect(f"simbind.v1.{service}" in server.services, f"no {service} in {server.services}")
    user = (folder / "user.der").read_bytes()
    key = serialization.load_pem_private_key((folder / "user.key").read_bytes(), None)
    run = secrets.token_hex(4)

    binding = enrol(server, key, user, run)
    seen = event(run, "seen", IMEI, "handset_observed")
    statuses = publish(server, seen, seen)
    expect(statuses == ["EVENT_STATUS_APPLIED", "EVENT_STATUS_DUPLICATE"], statuses)
    print("events:", ", ".join(statuses))

    request, challenge = login_request(server, key, user, f"login-{run}")
    decision, verdict, _ = check(server, request, "login")
    expect(verdict in ("allow", "step_up"), "an honest login is refused")
    expect(decision.binding_id == binding.binding_id, "the decision names another binding")
    again, _, _ = check(server, request, "the same request again")
    expect(again.decision_id == decision.decision_id, "a repeated request was decided anew")
    by_id = {"decision_id": decision.decision_id}
    kept = server.call("DecisionService", "GetDecision", by_id).decision
    expect(kept.decision_id == decision.decision_id, "the decision is not kept")

    reused, _ = login_request(server, key, user, f"reuse-{run}", challenge=challenge)
    _, verdict, _ = check(server, reused, "the same challenge in another request")
    expect(verdict == "deny", "a challenge was used twice")

    moved = event(run, "moved", OTHER_IMEI, "handset_changed")
    expect(publish(server, moved) == ["EVENT_STATUS_APPLIED"], "the move was not applied")
    request, _ = login_request(server, key, user, f"thief-{run}", imei=OTHER_IMEI)
    _, verdict, edge = check(server, request, "the SIM in another handset")
    expect(verdict in ("deny", "step_up"), "a stranger's handset is let in")
    expect(edge == "EDGE_SIM_HANDSET", f"the broken edge is {edge}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--vectors", type=pathlib.Path)
    parser.add_argument("--make-ca", type=pathlib.Path)
    parser.add_argument("--target")
    parser.add_argument("--dir", type=pathlib.Path)
    args = parser.parse_args()
    if not (args.vectors or args.make_ca or args.target):
        parser.error("say --vectors, --make-ca or --target")
    if args.target and not args.dir:
        parser.error("--target needs --dir")
    try:
        if args.vectors:
            vectors(args.vectors.read_text())
        if args.make_ca:
            make_ca(args.make_ca)
        if args.target:
            play(args.target, args.dir)
    except Surprise as surprise:
        print(f"SURPRISE: {surprise}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
