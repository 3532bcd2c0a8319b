#!/usr/bin/env bash
# Debian's stock OpenSC uses the virtual SIM in a private pcscd: it lists both certificates, shows the
# PIN and signs; wrong PINs count down, block the PIN, and it stays blocked over every restart.
#     SIM_SIM_BIN=target/debug/sim-sim tests/opensc.sh
# Needs root on Debian, and the packages that `cargo xtask test` installs.
set -u
if [ -z "${OPENSC_INSIDE:-}" ]; then
    export OPENSC_INSIDE=1
    exec unshare --mount --net --pid --fork --kill-child --mount-proc bash "$0" "$@"
fi
cd "$(dirname "$0")" || exit
. pcsc/stack.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
state=$work/state
export LC_ALL=C

fail() {
    echo "opensc.sh: FAILED: $1"
    tail -n 40 "$work/out" "$work/stack/card.log" 2>/dev/null
    exit 1
}

# Runs a client, whose words are kept, and tells what was seen. Arguments: words, command.
seen() {
    local claim=$1
    shift
    timeout 30 "$@" >"$work/out" 2>&1 || fail "$claim: $*"
    echo "ok: $claim"
}


# The status word that tells the tries of the user-authentication PIN.
tries() {
    timeout 30 opensc-tool --reader 0 --card-driver default \
        -s 00A4040C0AD392F000260100000001 -s 00A4020C020018 -s 00200080 2>"$work/out" |
        tr -d ' ' | grep -o 'SW1=0x.., *SW2=0x..\|SW1=0x..,SW2=0x..' | tail -n 1
}

tries_are() {
    local word
    word=$(tries)
    [ "$word" = "SW1=0x63,SW2=0xC$1" ] || fail "$1 tries are left: $word"
    echo "ok: $1 tries are left $2"
}

signed() {
    rm -f "$work/signature"
    timeout 30 pkcs15-crypt --sign --key "$key" --pkcs1 --sha-256 --pin "$1" --raw \
        --input "$work/digest" --output "$work/signature" >"$work/out" 2>&1
}

shows_pin() {
    timeout 30 pkcs15-tool --verify-pin --auth-id "$pin_id" --pin "$1" >"$work/out" 2>&1
}

card() {
    card_up --state "$state" --pin 1234 --iccid "$iccid" --imsi 440101234567890 || fail "the card is in"
}

stack_enter "$work/stack" || fail "a view of the system of its own"
pcscd_up || fail "pcscd runs"
iccid=8981100022312345677
card

seen "OpenSC knows the card" opensc-tool --reader 0 --name
seen "OpenSC lists certificates" pkcs15-tool --list-certificates
cp "$work/out" "$work/listed"
[ "$(grep -c '^X.509 Certificate' "$work/listed")" -ge 2 ] || fail "both certificates are listed"
grep -q 'User Authentication Certificate' "$work/listed" || fail "user authentication is listed"
grep -q 'Digital Signature Certificate' "$work/listed" || fail "the signature's is listed"
echo "ok: both certificates are listed"

id_of() {
    grep -A 12 "$1" | sed -n 's/^\t*ID *: *//p' | head -n 1
}
certificate=$(id_of 'User Authentication Certificate' <"$work/listed")
seen "OpenSC reads the certificate" pkcs15-tool --read-certificate "$certificate" --output "$work/read.pem"
der() { openssl x509 -in "$1" -outform DER | openssl dgst -sha256 -r; }
[ "$(der "$work/read.pem")" = "$(der "$state/certificate.pem")" ] || fail "it is the card's certificate"
seen "its authority vouches for it" openssl verify -CAfile "$state/anchors.pem" "$work/read.pem"

seen "OpenSC lists keys" pkcs15-tool --list-keys
key=$(id_of 'User Authentication Key' <"$work/out")
seen "OpenSC lists PINs" pkcs15-tool --list-pins
pin_id=$(id_of 'User Authentication PIN' <"$work/out")
tries_are 3 "at first"
seen "OpenSC shows the PIN" pkcs15-tool --verify-pin --auth-id "$pin_id" --pin 1234

printf 'a text to sign' >"$work/text"
openssl dgst -sha256 -binary -out "$work/digest" "$work/text"
openssl x509 -in "$work/read.pem" -noout -pubkey >"$work/key.pem"
signed 1234 || fail "OpenSC signs with the user-authentication key"
seen "openssl verifies the signature" \
    openssl dgst -sha256 -verify "$work/key.pem" -signature "$work/signature" "$work/text"

module=$(find /usr/lib -name opensc-pkcs11.so | head -n 1)
[ -n "$module" ] || fail "the PKCS #11 module is installed"
rm -f "$work/signature"
seen "PKCS #11 signs too" pkcs11-tool --module "$module" --login --pin 1234 --sign \
    --id "$key" --mechanism SHA256-RSA-PKCS --input-file "$work/text" --output-file "$work/signature"
seen "openssl verifies that too" \
    openssl dgst -sha256 -verify "$work/key.pem" -signature "$work/signature" "$work/text"

signed 9999 && fail "nothing is signed with a wrong PIN"
tries_are 2 "after a wrong PIN"
card_down KILL
card
tries_are 2 "after the card was killed"
signed 1234 || fail "the right PIN signs"
tries_are 3 "after the right PIN"

for left in 2 1 0; do
    shows_pin 9999 && fail "a wrong PIN is refused"
    card_down KILL
    card
    tries_are $left "after a wrong PIN and a killed card"
done
shows_pin 1234 && fail "a blocked PIN stays blocked for the right one"
signed 1234 && fail "nothing is signed while the PIN is blocked"
card_down TERM
pcscd_down TERM
pcscd_up || fail "pcscd runs again"
card
tries_are 0 "after a restart of card and pcscd"
shows_pin 1234 && fail "the PIN is blocked after a restart too"
signed 1234 && fail "nothing is signed after a restart"
echo "opensc.sh: ok"
