/* tapedeck/abi/sharedbudget.h - what several hosts may spend at one vendor together. */
#ifndef TDK_ABI_SHAREDBUDGET_H
#define TDK_ABI_SHAREDBUDGET_H

#include <tapedeck/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TDK_IID_SHARED_BUDGET "tapedeck.sharedbudget/1"

/* One limit of the account. The same name means the same limit in every host; when they differ in the rest,
 * the last one heard stands. */
typedef struct tdk_shared_limit { /* grows: use the stride */
  uint32_t struct_size;
  uint32_t kind;                /* TDK_BUDGET_* */
  tdk_str name;
  uint64_t capacity;
  int64_t window_ns;
  uint64_t amount;              /* asked for now; 0: none of it */
  uint64_t alone;               /* spent since the last exchange without asking */
  uint64_t own;                 /* spent by this host in the window that runs, `alone` included */
  uint64_t known;               /* spent by all hosts in that window, as far as this one knows */
} tdk_shared_limit;

/* A request that was granted at an earlier exchange has been answered. */
typedef struct tdk_shared_end { uint64_t lease; int64_t ago_ns; } tdk_shared_end; /* FROZEN */

/* The vendor said how much of a limit is used, by everybody. */
typedef struct tdk_shared_sight { /* grows: use the stride */
  uint32_t struct_size;
  uint32_t limit;               /* index into tdk_shared_ask.limits */
  uint64_t used;
  uint64_t amount;              /* of the request whose answer said so, and, from its grant, */
  uint64_t finished_before;     /* these two; */
  int64_t window_index;         /* TDK_NULL_I64: not known in which answer, corrects upward only */
} tdk_shared_sight;

#define TDK_SHARED_TAKE 1u      /* flag: a request wants to leave; else the host only reports */
typedef struct tdk_shared_ask {
  uint32_t struct_size;
  uint32_t flags;               /* TDK_SHARED_* */
  tdk_str account;              /* whose limits */
  tdk_str host;                 /* this process: unique among all that share the account */
  uint32_t priority;            /* 0 live, 1 repair, 2 backfill: the smaller goes first */
  uint32_t reserved;
  uint64_t lease;               /* TAKE: names the request; not used before by this host, never 0 */
  uint64_t epoch;               /* of the last answer; 0: none yet */
  const tdk_shared_limit *limits;
  uint64_t limit_count;
  uint64_t limit_stride;
  const tdk_shared_end *ends;
  uint64_t end_count;
  const tdk_shared_sight *sights;
  uint64_t sight_count;
  uint64_t sight_stride;
  int64_t hold_ns;              /* no request may leave for so long; 0: says nothing */
  tdk_str hold_reason;
  int64_t patience_ns;          /* a host that was refused asks again within this time at the latest */
  int64_t grace_ns;             /* each host reports at least once in this time */
  int64_t lease_ns;             /* no request takes longer than this */
} tdk_shared_ask;

typedef struct tdk_shared_use { /* grows: use the stride */
  uint32_t struct_size;
  uint32_t reserved;
  uint64_t used;                /* of the limit, requests under way included */
  uint64_t in_flight;
  uint64_t finished_before;     /* for tdk_shared_sight */
  int64_t window_index;
} tdk_shared_use;
#define TDK_SHARED_GRANTED 1u   /* flag: the request may leave */
typedef struct tdk_shared_answer {
  uint32_t struct_size;
  uint32_t flags;               /* TDK_SHARED_GRANTED */
  uint64_t epoch;               /* another one than before: what was known has been lost */
  int64_t wait_ns;              /* not granted: ask again after so long; -1: when something has ended */
  uint32_t hosts;               /* that share the account, this one included */
  uint32_t reserved;
  int64_t hold_ns;              /* what is left of the longest hold of any host */
  tdk_str hold_reason;
  const tdk_shared_use *uses;   /* one for each limit, in their order */
  uint64_t use_count;
  uint64_t use_stride;
} tdk_shared_answer;
typedef struct tdk_shared_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void *ctx;
  tdk_status(TDK_CALL *on_answer)(void *ctx, const tdk_shared_answer *answer);
} tdk_shared_sink;

/* [I] One exchange is one atomic step, whoever else asks. A grant takes `amount` of every limit, or none of any;
 * it is given when no hold is left, every limit has room, and no more urgent request of another host, and no
 * earlier one of the same priority, was refused and still wants it.
 *
 * What was granted counts from the grant until one window after its end (sliding), or to the end of the
 * window in which it ended (fixed); one that never ends counts as ended after lease_ns. Windows run by one
 * clock for all hosts, the store's.
 *
 * When the store has lost what it knew, the hosts' `own` and `known` take its place, and for grace_ns no more
 * than a tenth of each limit is granted beside them.
 *
 * TDK_UNAVAILABLE, TDK_TIMEOUT: cannot be reached; the host goes on alone with its share. */
typedef struct tdk_shared_budget {
  uint32_t struct_size;
  uint32_t reserved;
  tdk_status(TDK_CALL *exchange)(void *self, const tdk_shared_ask *ask, const tdk_shared_sink *sink,
                                 const tdk_cancel *cancel, tdk_error *err);
} tdk_shared_budget;

#ifdef __cplusplus
}
#endif
#endif /* TDK_ABI_SHAREDBUDGET_H */
