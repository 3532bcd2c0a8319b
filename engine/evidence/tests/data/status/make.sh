#!/bin/sh
# Makes the files beside it with OpenSSL 3 (made with 3.0, on 2026-11-23): an authority with a P-384
# key, its lists, and OCSP answers by itself and by a delegate. Keys are thrown away. The tests read
# the files and need no OpenSSL.
set -eu
out=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat > ca.cnf <<'CNF'
[ca]
default_ca = made
[made]
database = index.txt
crlnumber = number
default_md = sha384
default_crl_days = 30
crl_extensions = list
[list]
authorityKeyIdentifier = keyid
[parted]
issuingDistributionPoint = critical, @point
[point]
fullname = URI:http://lists.example/1.crl
onlyuser = TRUE
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[delegate]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = OCSPSigning
noCheck = ignored
authorityKeyIdentifier = keyid
[person]
basicConstraints = CA:FALSE
crlDistributionPoints = URI:http://lists.example/1.crl
[name]
CNF
key() { openssl ecparam -name "$1" -genkey -noout -out "$2.key"; }
issue() { # name, serial, section
    openssl req -new -key "$1.key" -subj "/C=JP/O=Example/CN=$1" -out "$1.csr"
    openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -set_serial "$2" -days 3650 \
        -extfile ca.cnf -extensions "$3" -out "$1.pem" 2>/dev/null
}
key secp384r1 ca
openssl req -x509 -new -key ca.key -sha384 -days 7300 -subj "/C=JP/O=Example/CN=Authority" \
    -config ca.cnf -extensions authority -out ca.pem 2>/dev/null
key prime256v1 responder && issue responder 0x7001 delegate
key prime256v1 person && issue person 0x9A01 person
tab=$(printf '\t')
row() { # flag, revocation, serial
    printf '%s\t361101000000Z\t%s\t%s\tunknown\t/CN=%s\n' "$1" "$2" "$3" "$3"
}
{
    row V "" 9A01
    row R "260501000000Z,keyCompromise" 9A02
    row R "260502000000Z,holdInstruction,holdInstructionNone" 9A03
    row R "260503000000Z" 9A04
    row R "260504000000Z,keyTime,20260401000000Z" 9A05
    row R "260505000000Z,superseded" 00FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF
} > index.txt
echo 'unique_subject = no' > index.txt.attr
echo 01F4 > number
list() { openssl ca -gencrl -config ca.cnf -keyfile ca.key -cert ca.pem "$@" 2>/dev/null; }
list | openssl crl -outform DER -out "$out/full.crl"
list -crlexts parted | openssl crl -outform DER -out "$out/parted.crl"
answer() { # file, signer, options
    file=$1 signer=$2
    shift 2
    openssl ocsp -index index.txt -CA ca.pem -rsigner "$signer.pem" -rkey "$signer.key" \
        -issuer ca.pem "$@" -respout "$out/$file" >/dev/null 2>&1
}
answer direct.ocsp ca -ndays 30 -no_nonce -serial 0x9A01 -rmd sha384
answer several.ocsp responder -ndays 30 -no_nonce -serial 0x9A01 -serial 0x9A02 \
    -serial 0x9A03 -serial 0x9A05 -serial 0x9A99
answer sha256.ocsp responder -ndays 30 -no_nonce -resp_key_id -sha256 -serial 0x9A04
answer at-all-times.ocsp responder -no_nonce -serial 0x9A01
openssl ocsp -issuer ca.pem -serial 0x9A01 -reqout "$out/with-nonce.request" >/dev/null 2>&1
answer with-nonce.ocsp responder -ndays 30 -reqin "$out/with-nonce.request"
openssl ocsp -issuer ca.pem -serial 0x9A01 -no_nonce -reqout "$out/plain.request" >/dev/null 2>&1
openssl x509 -in ca.pem -outform DER -out "$out/ca.der"
openssl x509 -in person.pem -outform DER -out "$out/person.der"
