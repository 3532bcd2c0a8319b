# A private reader stack, in namespaces of its own: pcscd with vpcd, and sim-sim as the card in it.
# The functions are for a shell that runs as the first process of
#     unshare --mount --net --pid --fork --kill-child --mount-proc
# so that whatever was started ends with it. `tests/opensc.sh` sources this file; run with a folder
# as argument it does what its standard input says, line by line, for the harness in Rust.
# Other processes reach this pcscd by PCSCLITE_CSOCK_NAME=FOLDER/run/pcscd.comm.

PATH=$PATH:/usr/sbin:/sbin
# Nobody else is in this network, so any port is free. vpcd takes the next one too.
STACK_PORT=35963
STACK_PCSCD=
STACK_CARD=

# Polls a command for at most so many seconds.
stack_await() {
    local until=$((SECONDS + $1))
    shift
    until "$@"; do
        [ $SECONDS -lt $until ] || return 1
        sleep 0.02
    done
}

# Makes this process' view of the system a private one. Argument: a folder for sockets and logs.
stack_enter() {
    STACK=$1
    mkdir -p "$STACK/run" "$STACK/conf" || return
    cat >"$STACK/conf/vpcd" <<END
FRIENDLYNAME "Virtual PCD"
DEVICENAME /dev/null:$STACK_PORT
LIBPATH /usr/lib/pcsc/drivers/serial/libifdvpcd.so
CHANNELID $STACK_PORT
END
    ip link set lo up && mkdir -p /run/pcscd && mount --bind "$STACK/run" /run/pcscd
}

stack_listens() {
    [ -S "$STACK/run/pcscd.comm" ] && grep -q "$(printf ':%04X 00000000:0000 0A' $STACK_PORT)" /proc/net/tcp
}

pcscd_up() {
    pcscd --foreground --config "$STACK/conf" >>"$STACK/pcscd.log" 2>&1 &
    STACK_PCSCD=$!
    stack_await 20 stack_listens
}

# Argument: a signal; TERM where there is none.
pcscd_down() {
    kill "-${1:-TERM}" $STACK_PCSCD
    wait $STACK_PCSCD 2>/dev/null
    rm -f "$STACK/run/pcscd.comm" "$STACK/run/pcscd.pid"
}

card_is_in() {
    LC_ALL=C timeout 10 opensc-tool --list-readers 2>/dev/null | grep -q '^0 *Yes'
}

card_is_in_or_ended() {
    ! kill -0 $STACK_CARD 2>/dev/null || card_is_in
}

# Puts a card in and waits until pcscd sees it. Arguments: those of `sim-sim card`. The log keeps
# what it says.
card_up() {
    "${SIM_SIM_BIN:?}" card --vpcd 127.0.0.1:$STACK_PORT "$@" >>"$STACK/card.log" 2>&1 &
    STACK_CARD=$!
    stack_await 30 card_is_in_or_ended && kill -0 $STACK_CARD 2>/dev/null
}

# Takes the card out. Argument: a signal; TERM where there is none.
card_down() {
    kill "-${1:-TERM}" $STACK_CARD 2>/dev/null
    wait $STACK_CARD 2>/dev/null
    stack_await 10 card_is_out && return
    # pcscd 1.9.9 at times keeps a card that went while a program was connected to the one before it.
    echo "pcscd does not see that the card is gone, and is started again"
    pcscd_down && pcscd_up && stack_await 20 card_is_out
}

# The card went by itself.
card_gone() {
    wait $STACK_CARD
    stack_await 20 card_is_out
}

card_is_out() {
    LC_ALL=C timeout 10 opensc-tool --list-readers 2>/dev/null | grep -q '^0 *No'
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
    if stack_enter "$1" >&2; then echo ok; else echo "failed"; fi
    while IFS= read -r line; do
        if eval "$line" </dev/null >&2; then echo ok; else echo "failed"; fi
    done
fi
