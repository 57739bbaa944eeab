/* The inner loops of the model: random words, what is made of them, counts and order. All in integers.
 *
 * Nothing of the law is here. Each function is the twin of NumPy code, which is the definition,
 * and gives the same numbers bit for bit; what a function does is said there.
 *
 * An operand is a column: an address, a stride in bytes (0 where one value stands for all) and a
 * kind. It may be read-only and lie anywhere. A result is contiguous. Functions that can refuse
 * what they are given return -1, or the place of a row near the first that they refuse, of which
 * NumPy's code then tells the error. There is no state: any number of threads may call at once.
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
enum { I8, I16, I32, I64, U8, U64 };

typedef struct {
    const char *data;
    i64 stride, kind;
} column;

EXPORT const char *kernel_source(void) { return SOURCE; }

static inline i64 least(i64 a, i64 b) { return a < b ? a : b; }
static inline i64 most(i64 a, i64 b) { return a > b ? a : b; }

/* ---- Columns ---- */

#define COPY(TYPE, STRIDE)                                     \
    for (i64 i = 0; i < n; i++) {                              \
        TYPE one;                                              \
        memcpy(&one, from + i * (STRIDE), sizeof one);         \
        to[i] = (i64)one;                                      \
    }
#define LOAD(TYPE)                                             \
    if (c->stride == (i64)sizeof(TYPE))                        \
        COPY(TYPE, (i64)sizeof(TYPE))                          \
    else                                                       \
        COPY(TYPE, c->stride)                                  \
    break
#define GATHER(TYPE)                                           \
    for (i64 i = 0; i < n; i++) {                              \
        TYPE one;                                              \
        memcpy(&one, c->data + rows[i] * c->stride, sizeof one); \
        to[i] = (i64)one;                                      \
    }                                                          \
    break

/* Copies n rows of an operand from one on, as 64 bits each. */
static void load(i64 *to, const column *c, i64 first, i64 n)
{
    const char *from = c->data + first * c->stride;
    if (!c->stride && n > 1) {
        load(to, c, 0, 1);
        for (i64 i = 1; i < n; i++)
            to[i] = to[0];
        return;
    }
    switch (c->kind) {
    case I8: LOAD(int8_t);
    case I16: LOAD(int16_t);
    case I32: LOAD(int32_t);
    case U8: LOAD(uint8_t);
    default: LOAD(i64);
    }
}

/* The same, where they lie if that is possible, else copied. */
static const i64 *loaded(i64 *copy, const column *c, i64 first, i64 n)
{
    const char *from = c->data + first * c->stride;
    if (c->stride == 8 && (c->kind == I64 || c->kind == U64) && !((uintptr_t)from & 7))
        return (const i64 *)(const void *)from;
    load(copy, c, first, n);
    return copy;
}

/* Copies the rows that are listed. */
static void gather(i64 *to, const column *c, const i64 *rows, i64 n)
{
    if (!c->stride) {
        load(to, c, 0, n);
        return;
    }
    switch (c->kind) {
    case I8: GATHER(int8_t);
    case I16: GATHER(int16_t);
    case I32: GATHER(int32_t);
    case U8: GATHER(uint8_t);
    default: GATHER(i64);
    }
}

/* Writes the places of the flags that are set, at most BLOCK; returns how many. */
static i64 listed(i64 *places, const uint8_t *flags, i64 n)
{
    i64 found = 0, i = 0;
    for (u64 eight; i + 8 <= n; i += 8) {
        memcpy(&eight, flags + i, sizeof eight);
        if (!eight)
            continue;
        for (i64 k = i; k < i + 8; k++) { /* without a branch, which would be guessed wrong */
            places[found] = k;
            found += flags[k];
        }
    }
    for (; i < n; i++) {
        places[found] = i;
        found += flags[i];
    }
    return found;
}

/* ---- The key of a stream: numpy.random.SeedSequence, which hashes words into a pool of four ---- */

enum { POOL = 4 };

static inline uint32_t hashed(uint32_t word, uint32_t *constant, uint32_t factor)
{
    word ^= *constant;
    *constant *= factor;
    word *= *constant;
    return word ^ word >> 16;
}

static inline uint32_t mixed(uint32_t one, uint32_t other)
{
    uint32_t word = 0xCA01F9DDu * one - 0x4973F715u * other;
    return word ^ word >> 16;
}

/* key_of: the first two words of the state of a sequence of n words, four at least. */
EXPORT void key_of(u64 *key, i64 n, const uint32_t *words)
{
    const uint32_t within = 0x931E8875u, beyond = 0x58F38DEDu;
    uint32_t pool[POOL], constant = 0x43B0D7E5u;
    for (i64 i = 0; i < POOL; i++)
        pool[i] = hashed(words[i], &constant, within);
    for (i64 from = 0; from < POOL; from++)
        for (i64 to = 0; to < POOL; to++)
            if (from != to)
                pool[to] = mixed(pool[to], hashed(pool[from], &constant, within));
    for (i64 i = POOL; i < n; i++)
        for (i64 to = 0; to < POOL; to++)
            pool[to] = mixed(pool[to], hashed(words[i], &constant, within));
    constant = 0x8B51F9DDu;
    for (i64 i = 0; i < POOL; i++)
        pool[i] = hashed(pool[i], &constant, beyond);
    key[0] = (u64)pool[1] << 32 | pool[0];
    key[1] = (u64)pool[3] << 32 | pool[2];
}

/* ---- Philox 4x64-10 (Salmon, Moraes, Dror and Shaw 2011): philox.py ---- */

enum { ROUNDS = 10 };
typedef struct {
    u64 of[ROUNDS][2];
} schedule; /* what a key is in each round */

static schedule grown(u64 k0, u64 k1)
{
    schedule keys;
    for (int round = 0; round < ROUNDS; round++) {
        keys.of[round][0] = k0;
        keys.of[round][1] = k1;
        k0 += 0x9E3779B97F4A7C15u;
        k1 += 0xBB67AE8584CAA73Bu;
    }
    return keys;
}

static inline void philox(const schedule *keys, u64 c0, u64 c1, u64 c2, u64 c3, u64 out[4])
{
    for (int round = 0; round < ROUNDS; round++) {
        u128 a = (u128)0xD2E7470EE14C6C93u * c0, b = (u128)0xCA5A826395121157u * c2;
        c0 = (u64)(b >> 64) ^ c1 ^ keys->of[round][0];
        c2 = (u64)(a >> 64) ^ c3 ^ keys->of[round][1];
        c1 = (u64)b;
        c3 = (u64)a;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

/* The words at the places first to first + n - 1. */
static void run(u64 *out, i64 n, const schedule *keys, i64 first, u64 c1, u64 c2, u64 c3)
{
    u64 block[4], place = (u64)first;
    i64 i = 0;
    for (; i < n && place & 3; i++, place++) {
        philox(keys, place >> 2, c1, c2, c3, block);
        out[i] = block[place & 3];
    }
    for (; i + 4 <= n; i += 4, place += 4)
        philox(keys, place >> 2, c1, c2, c3, out + i);
    if (i < n) {
        philox(keys, place >> 2, c1, c2, c3, block);
        memcpy(out + i, block, (size_t)(n - i) * sizeof *out);
    }
}

EXPORT void words_run(u64 *out, i64 n, u64 k0, u64 k1, i64 first, u64 c1, u64 c2, u64 c3)
{
    schedule keys = grown(k0, k1);
    run(out, n, &keys, first, c1, c2, c3);
}

/* The blocks in which words lie, at most BLOCK: neighbours share one. */
typedef struct {
    i64 count, heads[BLOCK], of[BLOCK];
} blocks;

static void blocks_of(blocks *b, i64 n, const i64 *place, const i64 *c1, const i64 *c3)
{
    i64 count = 0;
    for (i64 i = 0; i < n; i++) {
        b->heads[count] = i; /* if it begins one */
        count += !i || ((place[i] ^ place[i - 1]) >> 2 | (c1[i] ^ c1[i - 1]) | (c3[i] ^ c3[i - 1]));
        b->of[i] = count - 1;
    }
    b->count = count;
}

static void words_of(
    u64 *out, const blocks *b, i64 n, const schedule *keys, const i64 *place, const i64 *c1, u64 c2,
    const i64 *c3)
{
    u64 drawn[BLOCK][4];
    for (i64 k = 0; k < b->count; k++) {
        i64 i = b->heads[k];
        philox(keys, (u64)place[i] >> 2, (u64)c1[i], c2, (u64)c3[i], drawn[k]);
    }
    for (i64 i = 0; i < n; i++)
        out[i] = drawn[b->of[i]][place[i] & 3];
}

/* The words at any places; columns: places, words 1 and 3 of the counter, none negative. */
EXPORT i64 words_at(u64 *out, i64 n, u64 k0, u64 k1, const column *columns, u64 c2)
{
    i64 copies[3][BLOCK];
    blocks where;
    schedule keys = grown(k0, k1);
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first), negative = 0;
        const i64 *place = loaded(copies[0], &columns[0], first, m);
        const i64 *one = loaded(copies[1], &columns[1], first, m);
        const i64 *three = loaded(copies[2], &columns[2], first, m);
        for (i64 i = 0; i < m; i++)
            negative |= place[i] | (columns[1].kind == U64 ? 0 : one[i]) |
                        (columns[2].kind == U64 ? 0 : three[i]);
        if (negative < 0)
            return first;
        blocks_of(&where, m, place, one, three);
        words_of(out + first, &where, m, &keys, place, one, c2, three);
    }
    return -1;
}

/* ---- Inversion in tables: tables.py ---- */

/* CutTable and TruncatedTable; the latter has no values. */
typedef struct {
    const u64 *keys;
    const int32_t *guide;
    const i64 *starts;
    const int32_t *values;
    i64 count, bits, segments;
} table;

/* The position of the first key above a number, from one on before which none is. */
static i64 searched(const table *t, i64 found, u64 wanted)
{
    const u64 *key = t->keys + found;
    if (found + 4 <= t->count) { /* all four at once: to stop between them would be guessed wrong */
        i64 below = (key[0] <= wanted) + (key[1] <= wanted) + (key[2] <= wanted) + (key[3] <= wanted);
        found += below;
        if (below < 4)
            return found;
    }
    i64 high = t->count;
    for (i64 step = 4; found + step < high; step *= 2)
        if (t->keys[found + step] > wanted)
            high = found + step;
    while (found < high) {
        i64 middle = found + (high - found) / 2;
        if (t->keys[middle] > wanted)
            high = middle;
        else
            found = middle + 1;
    }
    return found;
}

/* The positions of the first keys above (segment << 32) + number, of at most BLOCK numbers, which
 * are the upper halves of words. */
static void first_above(int32_t *found, i64 n, const table *t, const i64 *segment, const u64 *words)
{
    i64 open[BLOCK], some = 0;
    for (i64 i = 0; i < n; i++) {
        found[i] = t->guide[(segment[i] << t->bits) + (i64)(words[i] >> (64 - t->bits))];
        open[some] = i; /* if it is */
        some += found[i] < 0;
    }
    for (i64 k = 0; k < some; k++) {
        i64 i = open[k];
        found[i] = (int32_t)searched(t, ~found[i], ((u64)segment[i] << 32) + (words[i] >> 32));
    }
}

static inline i64 unknown(const i64 *numbers, i64 n, i64 count)
{
    i64 wrong = 0;
    for (i64 i = 0; i < n; i++)
        wrong |= numbers[i] | (count - 1 - numbers[i]);
    return wrong < 0;
}

/* CutTable.pick and pick_index. Columns: words, segments. */
EXPORT i64 pick(int32_t *out, i64 n, const column *columns, const table *t, i64 index)
{
    i64 copies[2][BLOCK];
    int32_t found[BLOCK];
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first);
        const u64 *w = (const u64 *)loaded(copies[0], &columns[0], first, m);
        const i64 *s = loaded(copies[1], &columns[1], first, m);
        if (unknown(s, m, t->segments))
            return first;
        first_above(found, m, t, s, w);
        int32_t *to = out + first;
        for (i64 i = 0; i < m; i++)
            to[i] = index ? found[i] - (int32_t)t->starts[s[i]] : t->values[found[i]];
    }
    return -1;
}

/* TruncatedTable.pick. Columns: words, curves, limits. */
EXPORT i64 pick_up_to(int32_t *out, i64 n, const column *columns, const table *t)
{
    i64 copies[3][BLOCK];
    u64 target[BLOCK];
    int32_t found[BLOCK];
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first), wrong = 0;
        const i64 *w = loaded(copies[0], &columns[0], first, m);
        const i64 *s = loaded(copies[1], &columns[1], first, m);
        const i64 *last = loaded(copies[2], &columns[2], first, m);
        if (unknown(s, m, t->segments))
            return first;
        for (i64 i = 0; i < m; i++)
            wrong |= (last[i] - 1) | (t->starts[s[i] + 1] - t->starts[s[i]] - last[i]);
        if (wrong < 0)
            return first;
        for (i64 i = 0; i < m; i++) {
            u64 whole = t->keys[t->starts[s[i]] + last[i] - 1] & 0xFFFFFFFFu;
            target[i] = (((u64)w[i] >> 32) * whole) & ~(u64)0xFFFFFFFFu;
        }
        first_above(found, m, t, s, target);
        for (i64 i = 0; i < m; i++)
            out[first + i] = (int32_t)least(found[i] - t->starts[s[i]] + 1, last[i]);
    }
    return -1;
}

/* drawn_next in persons.py: health, offence, sentence and camp of the spells of those who come back,
 * n of each. Columns: person, spell, line, origin. There is a key of two words and a table for each
 * of the four. `segments` are those of health and offence, and the first of sentences, where one
 * stands for each offence; a camp has one for each origin, or, if that is `width`, for each of so
 * many offences of an origin. */
EXPORT i64 next_spells(
    int32_t *out, i64 n, const column *columns, const u64 *keys, const table *const *tables,
    const i64 *segments, i64 width)
{
    enum { HEALTH, OFFENCE, SENTENCE, CAMP, DRAWN };
    i64 copies[4][BLOCK], segment[BLOCK];
    int32_t found[BLOCK];
    u64 words[BLOCK];
    blocks where;
    schedule grow[DRAWN];
    for (int k = 0; k < DRAWN; k++)
        grow[k] = grown(keys[2 * k], keys[2 * k + 1]);
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first), negative = 0;
        const int32_t *offence = out + OFFENCE * n + first;
        const i64 *person = loaded(copies[0], &columns[0], first, m);
        const i64 *spell = loaded(copies[1], &columns[1], first, m);
        const i64 *line = loaded(copies[2], &columns[2], first, m);
        const i64 *origin = loaded(copies[3], &columns[3], first, m);
        for (i64 i = 0; i < m; i++)
            negative |= person[i] | spell[i];
        if (negative < 0)
            return first;
        blocks_of(&where, m, person, spell, line);
        for (int k = 0; k < DRAWN; k++) {
            const table *t = tables[k];
            int32_t *to = out + k * n + first;
            words_of(words, &where, m, &grow[k], person, spell, 0, line);
            for (i64 i = 0; i < m; i++) {
                segment[i] = k < CAMP ? segments[k] : origin[i] * (width ? width : 1);
                if (k == SENTENCE || (k == CAMP && width))
                    segment[i] += offence[i];
            }
            if (unknown(segment, m, t->segments))
                return first;
            first_above(found, m, t, segment, words);
            for (i64 i = 0; i < m; i++)
                to[i] = t->values[found[i]];
        }
    }
    return -1;
}

/* Whether the upper half of each word lies below a bound. */
EXPORT void below(uint8_t *out, i64 n, const column *words, u64 bound)
{
    i64 copy[BLOCK];
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first);
        const i64 *w = loaded(copy, words, first, m);
        for (i64 i = 0; i < m; i++)
            out[first + i] = (u64)w[i] >> 32 < bound;
    }
}

/* The tables of exponential(), a row for each bucket: of its factors the upper half is the bend, the
 * lower half the slope. */
typedef struct {
    i64 log;
    u64 factors;
} bucket;

typedef struct {
    const bucket *buckets;
    i64 log_two, top;
} logs;

static inline i64 unit_exponential(const logs *l, u64 word)
{
    u64 rest = -(word ? word : (u64)1), bits;
    /* Rounded once, by the sum. To convert all 64 bits takes a branch that is guessed wrong. */
    double real = (double)(i64)(rest >> 32) * 4294967296.0 + (double)(i64)(rest & 0xFFFFFFFFu);
    memcpy(&bits, &real, sizeof bits);
    const bucket *b = &l->buckets[bits >> 40 & 4095];
    u64 gap = ((u64)1 << 32) - (bits >> 8 & 0xFFFFFFFFu);
    i64 fine = (l->top - (i64)(bits >> 52)) * l->log_two + b->log;
    fine += (i64)(gap * ((gap * (b->factors >> 32) >> 32) + (b->factors & 0xFFFFFFFFu)) >> 32);
    return most(fine >> 4, 1);
}

EXPORT void exponential(i64 *out, i64 n, const column *words, const logs *l)
{
    i64 copy[BLOCK];
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first);
        const i64 *w = loaded(copy, words, first, m);
        for (i64 i = 0; i < m; i++)
            out[first + i] = unit_exponential(l, (u64)w[i]);
    }
}

/* ---- Tolerances: hazards.py ---- */

enum { NEVER = 1 << 28 };
static const i64 EXACT = (i64)1 << 52;

static inline i64 days_until(i64 tolerance, i64 rate)
{
    i64 days;
    if (rate <= 0)
        return NEVER;
    if (tolerance >= 0 && tolerance < EXACT && rate < EXACT)
        /* Such a quotient of doubles does not pass a whole number. */
        days = (i64)((double)tolerance / (double)rate);
    else
        days = tolerance / rate;
    return least(days + (days * rate < tolerance), NEVER);
}

/* Columns: tolerances, rates. */
EXPORT void days_until_used_up(i64 *out, i64 n, const column *columns)
{
    i64 copies[2][BLOCK];
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first);
        const i64 *tolerance = loaded(copies[0], &columns[0], first, m);
        const i64 *rate = loaded(copies[1], &columns[1], first, m);
        for (i64 i = 0; i < m; i++)
            out[first + i] = days_until(tolerance[i], rate[i]);
    }
}

/* StepHazard: sums before each edge and rates from it on, by kind. */
typedef struct {
    const i64 *edges, *sums, *rates;
    i64 steps, kinds;
} hazard;

static inline i64 used_by(const hazard *h, i64 kind, i64 reading)
{
    i64 step = 0, row = kind * h->steps;
    for (i64 next = 1; next < h->steps; next++) /* all of them: where to stop would be guessed wrong */
        step += h->edges[next] <= reading;
    return h->sums[row + step] + h->rates[row + step] * (reading - h->edges[step]);
}

static inline i64 days_from(const hazard *h, i64 tolerance, i64 kind, i64 reading)
{
    i64 target = used_by(h, kind, reading) + tolerance, step = 0, row = kind * h->steps;
    for (i64 next = 1; next < h->steps; next++)
        step += h->sums[row + next] < target;
    i64 beyond = days_until(target - h->sums[row + step], h->rates[row + step]);
    return beyond >= NEVER ? NEVER : least(h->edges[step] + beyond - reading, NEVER);
}

/* StepHazard.used. Columns: kinds, readings. */
EXPORT i64 hazard_used(i64 *out, i64 n, const column *columns, const hazard *h)
{
    i64 copies[2][BLOCK];
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first);
        const i64 *kind = loaded(copies[0], &columns[0], first, m);
        const i64 *reading = loaded(copies[1], &columns[1], first, m);
        if (unknown(kind, m, h->kinds))
            return first;
        for (i64 i = 0; i < m; i++)
            out[first + i] = used_by(h, kind[i], reading[i]);
    }
    return -1;
}

/* StepHazard.days_until. Columns: kinds, readings, tolerances. */
EXPORT i64 hazard_days_until(i64 *out, i64 n, const column *columns, const hazard *h)
{
    i64 copies[3][BLOCK];
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first);
        const i64 *kind = loaded(copies[0], &columns[0], first, m);
        const i64 *reading = loaded(copies[1], &columns[1], first, m);
        const i64 *tolerance = loaded(copies[2], &columns[2], first, m);
        if (unknown(kind, m, h->kinds))
            return first;
        for (i64 i = 0; i < m; i++)
            out[first + i] = days_from(h, tolerance[i], kind[i], reading[i]);
    }
    return -1;
}

/* ---- Those outside: liberty.py ---- */

/* What becomes of those who leave: who dies when, and who comes back when, with what tolerance.
 *
 * Columns of the register: left, health, born, tolerance, rate, base, person, spell, line. The rows
 * are listed, with the kinds of their releases. No hazard of return: nobody comes back. */
EXPORT i64 fates(
    i64 *dead, i64 *died, i64 *back, i64 *when, i64 *rest, i64 counts[2], i64 n, const i64 *rows,
    const i64 *kinds, const column *columns, i64 days, u64 k0, u64 k1, const logs *l,
    const hazard *liberty, const hazard *returning)
{
    enum { LEFT, HEALTH, BORN, TOLERANCE, RATE, BASE, PERSON, SPELL, LINE, ALL };
    i64 c[ALL][BLOCK], day[BLOCK], lasts[BLOCK], used[BLOCK], some[BLOCK], gone = 0, come = 0;
    uint8_t flags[BLOCK];
    u64 words[BLOCK];
    blocks where;
    schedule keys = grown(k0, k1);
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first), before = gone;
        const i64 *kind = kinds + first;
        for (int k = 0; k < (returning ? ALL : PERSON); k++)
            gather(c[k], &columns[k], rows + first, m);
        if (unknown(c[HEALTH], m, liberty->kinds))
            return first;
        for (i64 i = 0; i < m; i++)
            day[i] = NEVER;
        if (returning) {
            if (unknown(kind, m, returning->kinds))
                return first;
            blocks_of(&where, m, c[PERSON], c[SPELL], c[LINE]);
            words_of(words, &where, m, &keys, c[PERSON], c[SPELL], 0, c[LINE]);
            for (i64 i = 0; i < m; i++) {
                lasts[i] = unit_exponential(l, words[i]);
                flags[i] = lasts[i] <= used_by(returning, kind[i], days - 1 - c[LEFT][i]);
            }
            i64 most = listed(some, flags, m);
            for (i64 k = 0; k < most; k++) {
                i64 i = some[k];
                day[i] = c[LEFT][i] + days_from(returning, lasts[i], kind[i], 0);
            }
        }
        for (i64 i = 0; i < m; i++) {
            i64 left = c[LEFT][i], age = left - c[BORN][i], outside = least(day[i], days - 1) - left;
            c[TOLERANCE][i] -= c[RATE][i] * (left - c[BASE][i]);
            used[i] = used_by(liberty, c[HEALTH][i], age + outside);
            used[i] -= used_by(liberty, c[HEALTH][i], age);
        }
        for (i64 i = 0; i < m; i++) { /* written in any case, and counted if it is so */
            i64 dies = used[i] >= c[TOLERANCE][i];
            dead[gone] = first + i;
            gone += dies;
            back[come] = first + i;
            when[come] = day[i];
            rest[come] = c[TOLERANCE][i] - used[i];
            come += !dies & (day[i] < days);
        }
        for (; before < gone; before++) {
            i64 i = dead[before] - first, left = c[LEFT][i];
            died[before] = left + days_from(liberty, c[TOLERANCE][i], c[HEALTH][i], left - c[BORN][i]);
        }
    }
    counts[0] = gone;
    counts[1] = come;
    return -1;
}

/* Who of n persons released before the start, from the first on, comes back within the days: their
 * numbers, how long ago they were released, and the days of return. Returns how many. */
EXPORT i64 past_fates(
    i64 *who, i64 *ago, i64 *back, i64 n, i64 first_person, i64 window, i64 days, i64 kind,
    u64 k0, u64 k1, u64 k2, u64 k3, const logs *l, const hazard *returning)
{
    u64 released[BLOCK], tolerance[BLOCK];
    i64 since[BLOCK], lasts[BLOCK], some[BLOCK], found = 0;
    uint8_t flags[BLOCK];
    schedule of_release = grown(k0, k1), of_return = grown(k2, k3);
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first);
        run(released, m, &of_release, first_person + first, 0, 0, 0);
        run(tolerance, m, &of_return, first_person + first, 0, 0, 0);
        for (i64 i = 0; i < m; i++) {
            since[i] = 1 + (i64)((released[i] >> 32) * (u64)window >> 32);
            lasts[i] = unit_exponential(l, tolerance[i]);
            flags[i] = lasts[i] <= used_by(returning, kind, since[i] + days - 1);
        }
        i64 most = listed(some, flags, m);
        for (i64 k = 0; k < most; k++) {
            i64 i = some[k], day = days_from(returning, lasts[i], kind, 0) - since[i];
            who[found] = first + i;
            ago[found] = since[i];
            back[found] = day;
            found += (day >= 0) & (day < days);
        }
    }
    return found;
}

/* ---- Spells: running.py, flows.py ---- */

/* Register._end: ends the spells of the rows listed on the day and at the stage of their keys. Lists those who
 * leave alive, and places among them of those released by decree; counts both, and finds the first day. */
EXPORT i64 end_spells(
    i64 *alive, i64 *freed, i64 counts[3], i64 n, const i64 *rows, int32_t *key, int32_t *left,
    int16_t *cause, i64 size, int32_t closed, const int16_t causes[4])
{
    enum { DEATH, EXPIRY, ADMISSION, RELEASE, STAGES };
    i64 living = 0, out = 0, first = NEVER;
    for (i64 i = 0; i < n; i++)
        if ((u64)rows[i] >= (u64)size)
            return i;
    for (i64 i = 0; i < n; i++) {
        i64 row = rows[i], day = key[row] >> 2, stage = key[row] & (STAGES - 1), lives = stage != DEATH;
        left[row] = (int32_t)day;
        cause[row] = causes[stage];
        key[row] = closed;
        alive[living] = row;
        freed[out] = living;
        living += lives;
        out += stage == RELEASE;
        first = least(first, lives ? day : NEVER);
    }
    counts[0] = living;
    counts[1] = out;
    counts[2] = first;
    return -1;
}

/* _merit_given in model.py: of those held who were admitted by a day and whose sentence is below a bound, those
 * whose word is. Columns: person, spell, line. Returns how many rows. */
EXPORT i64 held_and_drawn(
    i64 *rows, i64 n, const int32_t *left, const int32_t *admitted, const int32_t *imposed,
    const column *columns, int32_t latest, int32_t longest, u64 k0, u64 k1, u64 occurrence, u64 bound)
{
    enum { PERSON, SPELL, LINE, ALL };
    i64 c[ALL][BLOCK], found = 0, some[BLOCK];
    uint8_t flags[BLOCK];
    u64 words[BLOCK];
    blocks where;
    schedule keys = grown(k0, k1);
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first);
        for (i64 i = first; i < first + m; i++)
            flags[i - first] = (left[i] == NEVER) & (admitted[i] <= latest) & (imposed[i] < longest);
        m = listed(some, flags, m);
        for (i64 i = 0; i < m; i++)
            some[i] += first;
        for (int k = PERSON; k < ALL; k++)
            gather(c[k], &columns[k], some, m);
        blocks_of(&where, m, c[PERSON], c[SPELL], c[LINE]);
        words_of(words, &where, m, &keys, c[PERSON], c[SPELL], occurrence, c[LINE]);
        for (i64 i = 0; i < m; i++) {
            rows[found] = some[i];
            found += words[i] >> 32 < bound;
        }
    }
    return found;
}

/* _put in sequels.py, for numbers of two or of four bytes. */
EXPORT void put_where(
    void *restrict to, const void *restrict from, const uint8_t *restrict where, i64 n, i64 bytes)
{
    if (bytes == 2) {
        int16_t *a = to;
        const int16_t *b = from;
        for (i64 i = 0; i < n; i++)
            a[i] ^= (int16_t)((a[i] ^ b[i]) & -(int16_t)where[i]);
    } else {
        int32_t *a = to;
        const int32_t *b = from;
        for (i64 i = 0; i < n; i++)
            a[i] ^= (a[i] ^ b[i]) & -(int32_t)where[i];
    }
}

/* The kind of a person by his offence, his origin and his health, as Groups.kinds has it. */
static inline i64 kind_of(i64 offence, i64 origin, i64 health, i64 capital)
{
    return (offence * 2 + (origin == capital)) * 2 + (health > 0);
}

/* Groups.kinds: kinds of the rows listed. Columns: offence, origin, health. */
EXPORT void kinds_of(i64 *out, i64 n, const i64 *rows, const column *columns, i64 capital)
{
    i64 offence[BLOCK], origin[BLOCK], health[BLOCK];
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first);
        gather(offence, &columns[0], rows + first, m);
        gather(origin, &columns[1], rows + first, m);
        gather(health, &columns[2], rows + first, m);
        for (i64 i = 0; i < m; i++)
            out[first + i] = kind_of(offence[i], origin[i], health[i], capital);
    }
}

/* HeadCount._moves: adds to the moves by list and by kind one for each spell at the first list that closes
 * while it lasts, and takes one off at the first after its end. Columns: admission, day after the last of the
 * spell, list that selects, offence, origin, health. The table tells the first list of each day and of all after. */
EXPORT i64 list_moves(
    i64 *moves, i64 n, const column *columns, const int32_t *table, i64 days, i64 capital, i64 lists, i64 kinds)
{
    enum { ADMITTED, ENDED, SELECTED, OFFENCE, ORIGIN, HEALTH, ALL };
    i64 c[ALL][BLOCK];
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first);
        for (int k = ADMITTED; k < ALL; k++)
            load(c[k], &columns[k], first, m);
        for (i64 i = 0; i < m; i++) {
            i64 kind = kind_of(c[OFFENCE][i], c[ORIGIN][i], c[HEALTH][i], capital);
            i64 enter = table[most(least(c[ADMITTED][i], days - 1), 0)];
            i64 leave = least(table[most(least(c[ENDED][i], days - 1), 0)], c[SELECTED][i]);
            leave = most(leave, enter);
            if ((u64)kind >= (u64)kinds || enter < 0 || leave >= lists)
                return first;
            moves[enter * kinds + kind]++;
            moves[leave * kinds + kind]--;
        }
    }
    return -1;
}

/* Groups.counts: adds up those under each of some masks by part and kind. Columns: parts, kinds,
 * then a mask each. */
EXPORT i64 tally(i64 *counts, i64 n, const column *columns, i64 masks, i64 parts, i64 kinds)
{
    i64 part[BLOCK], kind[BLOCK], mask[BLOCK];
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first);
        load(part, &columns[0], first, m);
        load(kind, &columns[1], first, m);
        for (i64 i = 0; i < m; i++) {
            if ((u64)part[i] >= (u64)parts || (u64)kind[i] >= (u64)kinds)
                return first;
            kind[i] += part[i] * kinds;
        }
        for (i64 k = 0; k < masks; k++) {
            load(mask, &columns[2 + k], first, m);
            for (i64 i = 0; i < m; i++)
                counts[k * parts * kinds + kind[i]] += mask[i];
        }
    }
    return -1;
}

/* Movements.of: adds to counts by kind or cause, camp and day, and to days served by cause and day. */
EXPORT i64 movements(
    int32_t *came, int32_t *went, i64 *served, i64 n, const int16_t *camp, const int8_t *kind,
    const int32_t *admitted, const int32_t *left, const int16_t *cause, i64 days, i64 camps,
    i64 kinds, i64 causes, i64 extinguished)
{
    for (i64 i = 0; i < n; i++) {
        i64 in = camp[i], how = kind[i], since = admitted[i], until = left[i];
        if ((u64)in >= (u64)camps || (u64)how >= (u64)kinds || until < 0)
            return i;
        i64 day = most(least(since, days), -1) + 1, end = least(until, days);
        i64 why = most(least(cause[i], causes - 2), 0);
        why = how == extinguished ? causes - 1 : why;
        came[(how * camps + in) * (days + 2) + day]++;
        went[(why * camps + in) * (days + 1) + end]++;
        served[why * (days + 1) + end] += until - since;
    }
    return -1;
}

/* ---- Counts: counting.py ---- */

/* crossed: counts rows by the combination of the numbers in some columns, each below a size; of combinations
 * there are fewer than 32 bits can tell, so that one multiplication of halves does. */
EXPORT i64 crossed(i64 *counts, i64 n, const column *columns, const i64 *sizes, i64 number)
{
    i64 part[BLOCK];
    u64 code[BLOCK];
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first);
        u64 beyond = 0, step = 1;
        memset(code, 0, sizeof code);
        for (i64 k = number; k--; step *= (u64)sizes[k]) {
            const u64 last = (u64)sizes[k] - 1;
            load(part, &columns[k], first, m);
            for (i64 i = 0; i < m; i++) {
                beyond |= (u64)part[i] | (last - (u64)part[i]); /* whose sign is set below 0 and above the last */
                code[i] += (u64)(uint32_t)part[i] * (uint32_t)step;
            }
        }
        if (beyond >> 63)
            return first;
        for (i64 i = 0; i < m; i++)
            counts[code[i]]++;
    }
    return -1;
}

/* pairs: lists the pairs of two numbers that rows have, in order, each with the number of its rows; returns how
 * many there are, or -1 where a number is not below its size. Of `seconds` there is room for each row,
 * `starts` is 0 for each first number and one more, `counts` for each second, `seen` for each 64 of them. */
EXPORT i64 pairs(
    i64 *found, i64 n, const column *columns, i64 firsts, i64 width, int32_t *seconds, i64 *starts, i64 *counts,
    u64 *seen)
{
    i64 one[BLOCK], other[BLOCK], listed = 0;
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first);
        load(one, &columns[0], first, m);
        for (i64 i = 0; i < m; i++) {
            if ((u64)one[i] >= (u64)firsts)
                return -1;
            starts[one[i] + 1]++;
        }
    }
    for (i64 k = 0; k < firsts; k++)
        starts[k + 1] += starts[k];
    for (i64 first = 0; first < n; first += BLOCK) { /* after which each start is the end */
        i64 m = least(BLOCK, n - first);
        load(one, &columns[0], first, m);
        load(other, &columns[1], first, m);
        for (i64 i = 0; i < m; i++) {
            if ((u64)other[i] >= (u64)width)
                return -1;
            seconds[starts[one[i]]++] = (int32_t)other[i];
        }
    }
    for (i64 k = 0, i = 0; k < firsts; k++) {
        i64 low = width, high = -1;
        for (; i < starts[k]; i++) {
            i64 second = seconds[i];
            counts[second]++;
            seen[second >> 6] |= (u64)1 << (second & 63);
            low = least(low, second);
            high = most(high, second);
        }
        for (i64 w = low >> 6; w <= high >> 6; w++) {
            for (u64 left = seen[w]; left; left &= left - 1) {
                i64 second = w * 64 + __builtin_ctzll(left);
                i64 *row = found + 3 * listed++;
                row[0] = k;
                row[1] = second;
                row[2] = counts[second];
                counts[second] = 0;
            }
            seen[w] = 0;
        }
    }
    return listed;
}

/* ---- Order: comparing.py ---- */

/* in_order: orders rows by the keys of some columns, the first of them above all; who agree in all of them as
 * they stand. Counted digit by digit, from the last on. There is room for n numbers twice. */
EXPORT void in_order(i64 *order, i64 n, const column *keys, i64 count, i64 *room)
{
    enum { FEW = 8, MANY = 11 };
    i64 *from = order, *to = room, *key = room + n, starts[1 << MANY];
    const int bits = n < 1 << 14 ? FEW : MANY;
    const u64 digit = ((u64)1 << bits) - 1;
    for (i64 i = 0; i < n; i++)
        from[i] = i;
    while (n && count--) {
        load(key, &keys[count], 0, n);
        i64 low = key[0], high = key[0];
        for (i64 i = 1; i < n; i++) {
            low = least(low, key[i]);
            high = most(high, key[i]);
        }
        for (u64 left = (u64)high - (u64)low, shift = 0; left; left >>= bits, shift += (u64)bits) {
            memset(starts, 0, sizeof *starts << bits);
            for (i64 i = 0; i < n; i++)
                starts[((u64)key[i] - (u64)low) >> shift & digit]++;
            for (i64 value = 0, before = 0; value <= (i64)digit; value++) {
                i64 alike = starts[value];
                starts[value] = before;
                before += alike;
            }
            for (i64 i = 0; i < n; i++)
                to[starts[((u64)key[from[i]] - (u64)low) >> shift & digit]++] = from[i];
            i64 *other = from;
            from = to;
            to = other;
        }
    }
    if (from != order)
        memcpy(order, from, (size_t)n * sizeof *order);
}
