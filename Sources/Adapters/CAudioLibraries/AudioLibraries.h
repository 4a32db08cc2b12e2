// What Martlet uses of libspandsp, libopus, libmpg123 and libmp3lame (Debian: the -dev packages of these names).

#ifndef MARTLET_AUDIO_LIBRARIES_H
#define MARTLET_AUDIO_LIBRARIES_H

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>

#include <spandsp/telephony.h>
#include <spandsp/logging.h>
#include <spandsp/super_tone_rx.h>
#include <spandsp/g722.h>
#include <spandsp/dtmf.h>
#include <opus/opus.h>
#include <mpg123.h>
#include <lame/lame.h>

/// Sets what a telephone needs of an encoder: speech, repair of lost packets at `loss` percent, `bitrate` bits a second
/// and a `complexity` from 0 to 10; an error code of Opus, or 0. Swift does not see functions with variable arguments.
static inline int martlet_opus_configure(OpusEncoder *encoder, int bitrate, int complexity, int loss) {
    int status = opus_encoder_ctl(encoder, OPUS_SET_BITRATE(bitrate));
    if (status == OPUS_OK) status = opus_encoder_ctl(encoder, OPUS_SET_COMPLEXITY(complexity));
    if (status == OPUS_OK) status = opus_encoder_ctl(encoder, OPUS_SET_INBAND_FEC(1));
    if (status == OPUS_OK) status = opus_encoder_ctl(encoder, OPUS_SET_PACKET_LOSS_PERC(loss));
    return status;
}

#endif
