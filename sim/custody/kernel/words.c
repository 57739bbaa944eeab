/* Random words and what is made of them: the inner loops of the model, in integers.
 *
 * Nothing of the law is here. Each function is the twin of NumPy code in philox.py, tables.py or
 * hazards.py, which is the definition, and gives the same numbers bit for bit.
 *
 * An operand is an address, a stride in bytes (0 where one value stands for all) and a kind; it may
 * be read-only and lie anywhere. A result is contiguous. A function returns -1, or the place of the
 * first row that it refuses, whose error NumPy's code tells. There is no state: any number of
 * threads may call at once.
 */

#include <stdint.h>
#include <string.h>

#ifndef SOURCE
#error "SOURCE has to be the digest of this file"
#endif

typedef int64_t i64;
typedef uint64_t u64;
typedef __uint128_t u128;

#if defined(_WIN32)
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

enum { BLOCK = 512 }; /* rows worked on at a time: what lies between stays in the first cache */
enum kind { I8, I16, I32, I64, U8, U64 };

typedef struct {
    const char *data;
    i64 stride, kind;
} column;

EXPORT const char *kernel_source(void) { return SOURCE; }

#define LOAD(TYPE)                                             \
    if (c->stride == (i64)sizeof(TYPE))                        \
        for (i64 i = 0; i < n; i++) {                          \
            TYPE one;                                          \
            memcpy(&one, from + i * sizeof one, sizeof one);   \
            to[i] = (i64)one;                                  \
        }                                                      \
    else                                                       \
        for (i64 i = 0; i < n; i++) {                          \
            TYPE one;                                          \
            memcpy(&one, from + i * c->stride, sizeof one);    \
            to[i] = (i64)one;                                  \
        }                                                      \
    break

/* Copies rows of an operand, as 64 bits each. */
static void load(i64 *to, const column *c, i64 first, i64 n)
{
    const char *from = c->data + first * c->stride;
    switch (c->kind) {
    case I8: LOAD(int8_t);
    case I16: LOAD(int16_t);
    case I32: LOAD(int32_t);
    case U8: LOAD(uint8_t);
    default: LOAD(i64);
    }
}

static i64 least(i64 a, i64 b) { return a < b ? a : b; }

/* ---- Philox 4x64-10 (Salmon, Moraes, Dror and Shaw 2011) ---- */

static inline void philox(u64 k0, u64 k1, u64 c0, u64 c1, u64 c2, u64 c3, u64 out[4])
{
    for (int round = 0; round < 10; round++) {
        u128 a = (u128)0xD2E7470EE14C6C93u * c0, b = (u128)0xCA5A826395121157u * c2;
        c0 = (u64)(b >> 64) ^ c1 ^ k0;
        c2 = (u64)(a >> 64) ^ c3 ^ k1;
        c1 = (u64)b;
        c3 = (u64)a;
        k0 += 0x9E3779B97F4A7C15u;
        k1 += 0xBB67AE8584CAA73Bu;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

/* The words at the places first to first + n - 1. */
EXPORT i64 words_run(u64 *out, i64 n, u64 k0, u64 k1, i64 first, u64 c1, u64 c2, u64 c3)
{
    u64 block[4];
    u64 place = (u64)first;
    i64 i = 0;
    for (; i < n && place & 3; i++, place++) {
        philox(k0, k1, place >> 2, c1, c2, c3, block);
        out[i] = block[place & 3];
    }
    for (; i + 4 <= n; i += 4, place += 4)
        philox(k0, k1, place >> 2, c1, c2, c3, out + i);
    if (i < n) {
        philox(k0, k1, place >> 2, c1, c2, c3, block);
        memcpy(out + i, block, (size_t)(n - i) * sizeof *out);
    }
    return -1;
}

/* The words at any places, under any words 1 and 3 of the counter. */
EXPORT i64 words_at(
    u64 *out, i64 n, u64 k0, u64 k1,
    const char *place, i64 place_stride, i64 place_kind,
    const char *c1, i64 c1_stride, i64 c1_kind, u64 c2,
    const char *c3, i64 c3_stride, i64 c3_kind)
{
    column places = {place, place_stride, place_kind};
    column ones = {c1, c1_stride, c1_kind}, threes = {c3, c3_stride, c3_kind};
    i64 p[BLOCK], one[BLOCK], three[BLOCK];
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first), below = 0;
        load(p, &places, first, m);
        load(one, &ones, first, m);
        load(three, &threes, first, m);
        for (i64 i = 0; i < m; i++)
            below |= p[i] | (c1_kind == U64 ? 0 : one[i]) | (c3_kind == U64 ? 0 : three[i]);
        if (below < 0)
            return first;
        for (i64 i = 0; i < m; i++) {
            u64 block[4];
            philox(k0, k1, (u64)p[i] >> 2, (u64)one[i], c2, (u64)three[i], block);
            out[first + i] = block[p[i] & 3];
        }
    }
    return -1;
}

/* ---- Inversion in tables ---- */

typedef struct {
    const u64 *keys;
    i64 count;
    const int32_t *guide;
    i64 bits;
} finder;

/* The position of the first key above (segment << 32) + number. */
static inline i64 first_above(const finder *f, i64 segment, u64 number)
{
    i64 found = f->guide[(segment << f->bits) + (i64)(number >> (32 - f->bits))];
    if (found >= 0)
        return found;
    found = ~found;
    u64 wanted = ((u64)segment << 32) + number;
    for (int step = 0; step < 8; step++, found++)
        if (found >= f->count || f->keys[found] > wanted)
            return found;
    i64 low = found, high = f->count;
    while (low < high) {
        i64 middle = low + (high - low) / 2;
        if (f->keys[middle] > wanted)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* The value of each word in its segment; without values, its position in the segment. */
EXPORT i64 pick(
    int32_t *out, i64 n, const char *word, i64 word_stride,
    const char *segment, i64 segment_stride, i64 segment_kind, i64 segments,
    const u64 *keys, i64 count, const int32_t *guide, i64 bits,
    const int32_t *values, const i64 *starts)
{
    column words = {word, word_stride, U64}, own = {segment, segment_stride, segment_kind};
    finder f = {keys, count, guide, bits};
    i64 w[BLOCK], s[BLOCK];
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first), wrong = 0;
        load(w, &words, first, m);
        load(s, &own, first, m);
        for (i64 i = 0; i < m; i++)
            wrong |= (u64)s[i] >= (u64)segments;
        if (wrong)
            return first;
        int32_t *to = out + first;
        if (values)
            for (i64 i = 0; i < m; i++)
                to[i] = values[first_above(&f, s[i], (u64)w[i] >> 32)];
        else
            for (i64 i = 0; i < m; i++)
                to[i] = (int32_t)(first_above(&f, s[i], (u64)w[i] >> 32) - starts[s[i]]);
    }
    return -1;
}

/* An index from 1 to a limit, by the weights of a curve up to there. */
EXPORT i64 pick_up_to(
    int32_t *out, i64 n, const char *word, i64 word_stride,
    const char *curve, i64 curve_stride, i64 curve_kind, i64 curves,
    const char *limit, i64 limit_stride, i64 limit_kind,
    const u64 *keys, i64 count, const int32_t *guide, i64 bits, const i64 *starts)
{
    column words = {word, word_stride, U64}, own = {curve, curve_stride, curve_kind};
    column limits = {limit, limit_stride, limit_kind};
    finder f = {keys, count, guide, bits};
    i64 w[BLOCK], s[BLOCK], last[BLOCK];
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first);
        load(w, &words, first, m);
        load(s, &own, first, m);
        load(last, &limits, first, m);
        for (i64 i = 0; i < m; i++) {
            if ((u64)s[i] >= (u64)curves)
                return first;
            i64 start = starts[s[i]];
            if (last[i] < 1 || last[i] > starts[s[i] + 1] - start)
                return first;
            u64 whole = keys[start + last[i] - 1] & 0xFFFFFFFFu;
            u64 target = ((u64)w[i] >> 32) * whole >> 32;
            out[first + i] = (int32_t)least(first_above(&f, s[i], target) - start + 1, last[i]);
        }
    }
    return -1;
}

/* Whether the upper half of each word lies below a bound. */
EXPORT i64 below(uint8_t *out, i64 n, const char *word, i64 word_stride, u64 bound)
{
    column words = {word, word_stride, U64};
    i64 w[BLOCK];
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first);
        load(w, &words, first, m);
        for (i64 i = 0; i < m; i++)
            out[first + i] = (u64)w[i] >> 32 < bound;
    }
    return -1;
}

/* ---- Tolerances ---- */

/* Unit exponentials; the tables are those of tables.py. */
EXPORT i64 exponential(
    i64 *out, i64 n, const char *word, i64 word_stride, i64 log_two, i64 top,
    const i64 *logs, const u64 *slopes, const u64 *bends)
{
    column words = {word, word_stride, U64};
    i64 w[BLOCK];
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first);
        load(w, &words, first, m);
        for (i64 i = 0; i < m; i++) {
            double rest = (double)-((u64)w[i] ? (u64)w[i] : 1);
            u64 bits;
            memcpy(&bits, &rest, sizeof bits);
            u64 bucket = bits >> 40 & 4095, gap = ((u64)1 << 32) - (bits >> 8 & 0xFFFFFFFFu);
            i64 fine = (top - (i64)(bits >> 52)) * log_two + logs[bucket];
            u64 slope = (gap * bends[bucket] >> 32) + slopes[bucket];
            fine += (i64)(gap * slope >> 32);
            out[first + i] = fine >> 4 > 1 ? fine >> 4 : 1;
        }
    }
    return -1;
}

enum { NEVER = 1 << 28 };
static const i64 EXACT = (i64)1 << 52;

/* Days at a constant hazard until a tolerance is used up, rounded up. */
static inline i64 days_until(i64 tolerance, i64 rate)
{
    i64 days;
    if (rate <= 0)
        return NEVER;
    if (tolerance >= 0 && tolerance < EXACT && rate < EXACT) {
        /* Such a quotient of doubles does not pass a whole number. */
        days = (i64)((double)tolerance / (double)rate);
        days += days * rate < tolerance;
    } else {
        days = tolerance / rate;
        days += days * rate < tolerance;
    }
    return least(days, NEVER);
}

EXPORT i64 days_until_used_up(
    i64 *out, i64 n, const char *tolerance, i64 tolerance_stride, i64 tolerance_kind,
    const char *rate, i64 rate_stride, i64 rate_kind)
{
    column tolerances = {tolerance, tolerance_stride, tolerance_kind};
    column rates = {rate, rate_stride, rate_kind};
    i64 t[BLOCK], r[BLOCK];
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first);
        load(t, &tolerances, first, m);
        load(r, &rates, first, m);
        for (i64 i = 0; i < m; i++)
            out[first + i] = days_until(t[i], r[i]);
    }
    return -1;
}
