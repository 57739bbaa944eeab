/* The inner loops of the model: random words, what is made of them, and counts. All in integers.
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
    switch (c->kind) {
    case I8: LOAD(int8_t);
    case I16: LOAD(int16_t);
    case I32: LOAD(int32_t);
    case U8: LOAD(uint8_t);
    default: LOAD(i64);
    }
}

/* Copies the rows that are listed. */
static void gather(i64 *to, const column *c, const i64 *rows, i64 n)
{
    switch (c->kind) {
    case I8: GATHER(int8_t);
    case I16: GATHER(int16_t);
    case I32: GATHER(int32_t);
    case U8: GATHER(uint8_t);
    default: GATHER(i64);
    }
}

/* ---- Philox 4x64-10 (Salmon, Moraes, Dror and Shaw 2011): philox.py ---- */

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
EXPORT void words_run(u64 *out, i64 n, u64 k0, u64 k1, i64 first, u64 c1, u64 c2, u64 c3)
{
    u64 block[4], place = (u64)first;
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
}

static void words_of(
    u64 *out, i64 n, u64 k0, u64 k1, const i64 *place, const i64 *c1, u64 c2, const i64 *c3)
{
    u64 block[4];
    for (i64 i = 0; i < n; i++) {
        /* Neighbours share a block. */
        if (!i || (place[i] ^ place[i - 1]) >> 2 | (c1[i] ^ c1[i - 1]) | (c3[i] ^ c3[i - 1]))
            philox(k0, k1, (u64)place[i] >> 2, (u64)c1[i], c2, (u64)c3[i], block);
        out[i] = block[place[i] & 3];
    }
}

/* The words at any places; columns: places, words 1 and 3 of the counter, none negative. */
EXPORT i64 words_at(u64 *out, i64 n, u64 k0, u64 k1, const column *columns, u64 c2)
{
    i64 place[BLOCK], one[BLOCK], three[BLOCK];
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first), negative = 0;
        load(place, &columns[0], first, m);
        load(one, &columns[1], first, m);
        load(three, &columns[2], first, m);
        for (i64 i = 0; i < m; i++)
            negative |= place[i] | (columns[1].kind == U64 ? 0 : one[i]) |
                        (columns[2].kind == U64 ? 0 : three[i]);
        if (negative < 0)
            return first;
        words_of(out + first, m, k0, k1, place, one, c2, three);
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

/* The position of the first key above (segment << 32) + number. */
static inline i64 first_above(const table *t, i64 segment, u64 number)
{
    i64 found = t->guide[(segment << t->bits) + (i64)(number >> (32 - t->bits))];
    if (found >= 0)
        return found;
    found = ~found;
    u64 wanted = ((u64)segment << 32) + number;
    for (int step = 0; step < 8; step++, found++)
        if (found >= t->count || t->keys[found] > wanted)
            return found;
    i64 high = t->count;
    while (found < high) {
        i64 middle = found + (high - found) / 2;
        if (t->keys[middle] > wanted)
            high = middle;
        else
            found = middle + 1;
    }
    return found;
}

/* CutTable.pick and pick_index. Columns: words, segments. */
EXPORT i64 pick(int32_t *out, i64 n, const column *columns, const table *t, i64 index)
{
    i64 w[BLOCK], s[BLOCK];
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first), wrong = 0;
        load(w, &columns[0], first, m);
        load(s, &columns[1], first, m);
        for (i64 i = 0; i < m; i++)
            wrong |= (u64)s[i] >= (u64)t->segments;
        if (wrong)
            return first;
        int32_t *to = out + first;
        if (index)
            for (i64 i = 0; i < m; i++)
                to[i] = (int32_t)(first_above(t, s[i], (u64)w[i] >> 32) - t->starts[s[i]]);
        else
            for (i64 i = 0; i < m; i++)
                to[i] = t->values[first_above(t, s[i], (u64)w[i] >> 32)];
    }
    return -1;
}

/* TruncatedTable.pick. Columns: words, curves, limits. */
EXPORT i64 pick_up_to(int32_t *out, i64 n, const column *columns, const table *t)
{
    i64 w[BLOCK], s[BLOCK], last[BLOCK];
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first);
        load(w, &columns[0], first, m);
        load(s, &columns[1], first, m);
        load(last, &columns[2], first, m);
        for (i64 i = 0; i < m; i++) {
            if ((u64)s[i] >= (u64)t->segments)
                return first;
            i64 start = t->starts[s[i]];
            if (last[i] < 1 || last[i] > t->starts[s[i] + 1] - start)
                return first;
            u64 whole = t->keys[start + last[i] - 1] & 0xFFFFFFFFu;
            u64 target = ((u64)w[i] >> 32) * whole >> 32;
            out[first + i] = (int32_t)least(first_above(t, s[i], target) - start + 1, last[i]);
        }
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
    i64 person[BLOCK], spell[BLOCK], line[BLOCK], origin[BLOCK];
    u64 words[BLOCK];
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first), negative = 0;
        int32_t *offence = out + OFFENCE * n + first;
        load(person, &columns[0], first, m);
        load(spell, &columns[1], first, m);
        load(line, &columns[2], first, m);
        load(origin, &columns[3], first, m);
        for (i64 i = 0; i < m; i++)
            negative |= person[i] | spell[i];
        if (negative < 0)
            return first;
        for (int k = 0; k < DRAWN; k++) {
            const table *t = tables[k];
            words_of(words, m, keys[2 * k], keys[2 * k + 1], person, spell, 0, line);
            for (i64 i = 0; i < m; i++) {
                i64 segment = k < CAMP ? segments[k] : origin[i] * (width ? width : 1);
                if (k == SENTENCE || (k == CAMP && width))
                    segment += offence[i];
                if ((u64)segment >= (u64)t->segments)
                    return first;
                out[k * n + first + i] = t->values[first_above(t, segment, words[i] >> 32)];
            }
        }
    }
    return -1;
}

/* Whether the upper half of each word lies below a bound. */
EXPORT void below(uint8_t *out, i64 n, const column *words, u64 bound)
{
    i64 w[BLOCK];
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first);
        load(w, words, first, m);
        for (i64 i = 0; i < m; i++)
            out[first + i] = (u64)w[i] >> 32 < bound;
    }
}

/* The tables of exponential(), a row for each bucket. */
typedef struct {
    i64 log;
    u64 slope, bend;
} bucket;

typedef struct {
    const bucket *buckets;
    i64 log_two, top;
} logs;

static inline i64 unit_exponential(const logs *l, u64 word)
{
    double rest = (double)-(word ? word : (u64)1);
    u64 bits;
    memcpy(&bits, &rest, sizeof bits);
    const bucket *b = &l->buckets[bits >> 40 & 4095];
    u64 gap = ((u64)1 << 32) - (bits >> 8 & 0xFFFFFFFFu);
    i64 fine = (l->top - (i64)(bits >> 52)) * l->log_two + b->log;
    fine += (i64)(gap * ((gap * b->bend >> 32) + b->slope) >> 32);
    return most(fine >> 4, 1);
}

EXPORT void exponential(i64 *out, i64 n, const column *words, const logs *l)
{
    i64 w[BLOCK];
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first);
        load(w, words, first, m);
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
    i64 tolerance[BLOCK], rate[BLOCK];
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first);
        load(tolerance, &columns[0], first, m);
        load(rate, &columns[1], first, m);
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
    while (step + 1 < h->steps && h->edges[step + 1] <= reading)
        step++;
    return h->sums[row + step] + h->rates[row + step] * (reading - h->edges[step]);
}

static inline i64 days_from(const hazard *h, i64 tolerance, i64 kind, i64 reading)
{
    i64 target = used_by(h, kind, reading) + tolerance, step = 0, row = kind * h->steps;
    while (step + 1 < h->steps && h->sums[row + step + 1] < target)
        step++;
    i64 beyond = days_until(target - h->sums[row + step], h->rates[row + step]);
    return beyond >= NEVER ? NEVER : least(h->edges[step] + beyond - reading, NEVER);
}

/* StepHazard.used. Columns: kinds, readings. */
EXPORT i64 hazard_used(i64 *out, i64 n, const column *columns, const hazard *h)
{
    i64 kind[BLOCK], reading[BLOCK];
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first);
        load(kind, &columns[0], first, m);
        load(reading, &columns[1], first, m);
        for (i64 i = 0; i < m; i++) {
            if ((u64)kind[i] >= (u64)h->kinds)
                return first;
            out[first + i] = used_by(h, kind[i], reading[i]);
        }
    }
    return -1;
}

/* StepHazard.days_until. Columns: kinds, readings, tolerances. */
EXPORT i64 hazard_days_until(i64 *out, i64 n, const column *columns, const hazard *h)
{
    i64 kind[BLOCK], reading[BLOCK], tolerance[BLOCK];
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first);
        load(kind, &columns[0], first, m);
        load(reading, &columns[1], first, m);
        load(tolerance, &columns[2], first, m);
        for (i64 i = 0; i < m; i++) {
            if ((u64)kind[i] >= (u64)h->kinds)
                return first;
            out[first + i] = days_from(h, tolerance[i], kind[i], reading[i]);
        }
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
    i64 c[ALL][BLOCK], gone = 0, come = 0;
    u64 words[BLOCK];
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first);
        for (int k = 0; k < (returning ? ALL : PERSON); k++)
            gather(c[k], &columns[k], rows + first, m);
        if (returning)
            words_of(words, m, k0, k1, c[PERSON], c[SPELL], 0, c[LINE]);
        for (i64 i = 0; i < m; i++) {
            i64 left = c[LEFT][i], health = c[HEALTH][i], age = left - c[BORN][i], day = NEVER;
            i64 tolerance = c[TOLERANCE][i] - c[RATE][i] * (left - c[BASE][i]);
            if ((u64)health >= (u64)liberty->kinds)
                return first;
            if (returning) {
                i64 kind = kinds[first + i], lasts = unit_exponential(l, words[i]);
                if ((u64)kind >= (u64)returning->kinds)
                    return first;
                if (lasts <= used_by(returning, kind, days - 1 - left))
                    day = left + days_from(returning, lasts, kind, 0);
            }
            i64 outside = least(day, days - 1) - left;
            i64 used = used_by(liberty, health, age + outside) - used_by(liberty, health, age);
            if (used >= tolerance) {
                dead[gone] = first + i;
                died[gone++] = left + days_from(liberty, tolerance, health, age);
            } else if (day < days) {
                back[come] = first + i;
                when[come] = day;
                rest[come++] = tolerance - used;
            }
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
    i64 found = 0;
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first);
        words_run(released, m, k0, k1, first_person + first, 0, 0, 0);
        words_run(tolerance, m, k2, k3, first_person + first, 0, 0, 0);
        for (i64 i = 0; i < m; i++) {
            i64 since = 1 + (i64)((released[i] >> 32) * (u64)window >> 32);
            i64 lasts = unit_exponential(l, tolerance[i]);
            if (lasts > used_by(returning, kind, since + days - 1))
                continue;
            i64 day = days_from(returning, lasts, kind, 0) - since;
            if (day < 0 || day >= days)
                continue;
            who[found] = first + i;
            ago[found] = since;
            back[found++] = day;
        }
    }
    return found;
}

/* ---- Spells: register.py, flows.py ---- */

/* Writes the places of the flags that are set, counted from first on; returns how many. */
static i64 listed(i64 *rows, const uint8_t *flags, i64 first, i64 n)
{
    i64 found = 0, places[BLOCK];
    for (i64 i = 0; i < n; i++) { /* without a branch, which would be guessed wrong */
        places[found] = first + i;
        found += flags[i];
    }
    memcpy(rows, places, (size_t)found * sizeof *rows);
    return found;
}

/* _merit_given in model.py: of those held who were admitted by a day and whose sentence is below a bound, those
 * whose word is. Columns: admitted, imposed, person, spell, line. Returns how many rows. */
EXPORT i64 held_and_drawn(
    i64 *rows, i64 n, const int32_t *left, const column *columns, i64 latest, i64 longest, u64 k0,
    u64 k1, u64 occurrence, u64 bound)
{
    enum { ADMITTED, IMPOSED, PERSON, SPELL, LINE, ALL };
    i64 c[ALL][BLOCK], found = 0, some[BLOCK];
    uint8_t flags[BLOCK];
    u64 words[BLOCK];
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first);
        load(c[ADMITTED], &columns[ADMITTED], first, m);
        load(c[IMPOSED], &columns[IMPOSED], first, m);
        for (i64 i = 0; i < m; i++)
            flags[i] = (left[first + i] == NEVER) & (c[ADMITTED][i] <= latest) &
                       (c[IMPOSED][i] < longest);
        m = listed(some, flags, first, m);
        for (int k = PERSON; k < ALL; k++)
            gather(c[k], &columns[k], some, m);
        words_of(words, m, k0, k1, c[PERSON], c[SPELL], occurrence, c[LINE]);
        for (i64 i = 0; i < m; i++)
            flags[i] = words[i] >> 32 < bound;
        for (i64 i = 0; i < m; i++)
            if (flags[i])
                rows[found++] = some[i];
    }
    return found;
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
            out[first + i] = (offence[i] * 2 + (origin[i] == capital)) * 2 + (health[i] > 0);
    }
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

/* Movements.of: adds to counts by kind or cause, camp and day, and to days served by cause and day.
 * Columns: camp, kind, admitted, left, cause. */
EXPORT i64 movements(
    int32_t *came, int32_t *went, i64 *served, i64 n, const column *columns, i64 days, i64 camps,
    i64 kinds, i64 causes, i64 extinguished)
{
    i64 camp[BLOCK], kind[BLOCK], admitted[BLOCK], left[BLOCK], cause[BLOCK];
    for (i64 first = 0; first < n; first += BLOCK) {
        i64 m = least(BLOCK, n - first);
        load(camp, &columns[0], first, m);
        load(kind, &columns[1], first, m);
        load(admitted, &columns[2], first, m);
        load(left, &columns[3], first, m);
        load(cause, &columns[4], first, m);
        for (i64 i = 0; i < m; i++) {
            if ((u64)camp[i] >= (u64)camps || (u64)kind[i] >= (u64)kinds || left[i] < 0)
                return first;
            i64 day = most(least(admitted[i], days), -1) + 1, end = least(left[i], days);
            i64 why = most(least(cause[i], causes - 2), 0);
            why = kind[i] == extinguished ? causes - 1 : why;
            came[(kind[i] * camps + camp[i]) * (days + 2) + day]++;
            went[(why * camps + camp[i]) * (days + 1) + end]++;
            served[why * (days + 1) + end] += left[i] - admitted[i];
        }
    }
    return -1;
}
