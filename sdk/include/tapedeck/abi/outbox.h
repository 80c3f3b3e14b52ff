/* tapedeck/abi/outbox.h - what is to be published, kept beside the data until it is acknowledged. */
#ifndef TDK_ABI_OUTBOX_H
#define TDK_ABI_OUTBOX_H

#include <tapedeck/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TDK_IID_OUTBOX "tapedeck.outbox/1"

/* An event on its way into the outbox, as a part of tdk_commit_batch: it is stored in the transaction of what it
 * tells of, and only when that is stored. */
typedef struct tdk_outbox_event { /* grows: use the stride */
  uint32_t struct_size;
  uint32_t about;               /* TDK_ABOUT_* */
  uint64_t commit;              /* CANDLE: which commit of the batch */
  uint64_t row;                 /* CANDLE: which row of its batch; QUOTE: which quote */
  tdk_str sink;                 /* the instance it is for, as the configuration names it */
  tdk_str type;                 /* "candle", "tick", "finding", "source"; as `sink` 1 to 255 bytes */
  tdk_str key;                  /* events of one key stay in order; 1 to 1023 bytes */
  int64_t time;                 /* of what it tells of */
  tdk_str payload;              /* UTF-8, JSON; as long as it may be */
} tdk_outbox_event;
#define TDK_ABOUT_NOTHING 0u    /* of no row: it is kept whatever becomes of them */
#define TDK_ABOUT_CANDLE 1u     /* kept when the row is inserted or takes another value's place */
#define TDK_ABOUT_QUOTE 2u      /* kept when the quote is new */

/* An event in the outbox. */
typedef struct tdk_outbox_entry { /* grows: use the stride */
  uint32_t struct_size;
  uint32_t state;               /* TDK_OUTBOX_* */
  uint64_t id;                  /* above 0; of one key ascending in the order of the transactions, in one in
                                   that of the events; never given twice */
  tdk_str sink, type, key;
  int64_t time;
  tdk_str payload;
  int64_t created;              /* when it was put; replaying does not change it */
  uint32_t tries;               /* that failed */
  uint32_t reserved;
  tdk_str error;                /* of the last one; empty: none yet */
} tdk_outbox_entry;
#define TDK_OUTBOX_WAITING 1u
#define TDK_OUTBOX_DEAD 2u      /* given up: a dead letter, until somebody replays or purges it */
typedef struct tdk_outbox_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void *ctx;
  tdk_status(TDK_CALL *on_entries)(void *ctx, const tdk_outbox_entry *first, uint64_t count,
                                   uint64_t stride);
} tdk_outbox_sink;

/* Which events; what is empty or 0 does not narrow it. */
typedef struct tdk_outbox_request {
  uint32_t struct_size;
  uint32_t state;               /* TDK_OUTBOX_*; required */
  tdk_str sink, type, key;
  uint64_t id;                  /* this one */
  uint64_t after;               /* only above this id */
  int64_t created_before;       /* TDK_NULL_I64: whenever */
  uint64_t limit;               /* 0: none */
} tdk_outbox_request;

/* What became of one waiting event. */
typedef struct tdk_outbox_outcome { /* grows: use the stride */
  uint32_t struct_size;
  uint32_t outcome;             /* TDK_OUTCOME_* */
  uint64_t id;
  tdk_str error;                /* FAILED and DEAD: why */
} tdk_outbox_outcome;
#define TDK_OUTCOME_SENT 1u     /* acknowledged by the other side: it goes */
#define TDK_OUTCOME_FAILED 2u   /* stays, with one try more */
#define TDK_OUTCOME_DEAD 3u     /* will never be taken: becomes a dead letter, with one try more */

typedef struct tdk_outbox_stat { /* grows: use the stride */
  uint32_t struct_size;
  uint32_t reserved;
  tdk_str sink;
  uint64_t waiting, dead;
  int64_t oldest;               /* `created` of the oldest waiting one; TDK_NULL_I64: none waits */
} tdk_outbox_stat;
typedef struct tdk_outbox_stat_sink {
  uint32_t struct_size;
  uint32_t reserved;
  void *ctx;
  tdk_status(TDK_CALL *on_stats)(void *ctx, const tdk_outbox_stat *first, uint64_t count,
                                 uint64_t stride);
} tdk_outbox_stat_sink;

/* Offered by a storage beside tapedeck.storage/1, by the same instance. Every function is [I]; none may be NULL. The
 * statuses are those of tdk_storage; what fails has changed nothing. */
typedef struct tdk_outbox {
  uint32_t struct_size;
  uint32_t reserved;
  /* Who publishes what waits for `sink`: one owner at a time, of whatever process. Takes or prolongs the claim until
   * `until`; until <= now gives it up. TDK_BUSY: another's claim has not run out at `now`; `err` names it. */
  tdk_status(TDK_CALL *claim)(void *self, tdk_str sink, tdk_str owner, int64_t now, int64_t until,
                              tdk_error *err);
  /* by id, ascending; nothing there: TDK_OK and no entry */
  tdk_status(TDK_CALL *read)(void *self, const tdk_outbox_request *rq, const tdk_outbox_sink *sink,
                             const tdk_cancel *cancel, tdk_error *err);
  /* One transaction, on disk when it returns TDK_OK. An id that no longer waits is passed over. */
  tdk_status(TDK_CALL *settle)(void *self, const tdk_outbox_outcome *first, uint64_t count,
                               uint64_t stride, tdk_error *err);
  /* Dead letters, by id, wait again, under new ids behind all others, with no tries; `count`: how many. Of
   * waiting events: TDK_INVALID_ARGUMENT. */
  tdk_status(TDK_CALL *replay)(void *self, const tdk_outbox_request *rq, uint64_t *count,
                               tdk_error *err);
  /* Removes; `count`: how many. `limit` is not looked at. */
  tdk_status(TDK_CALL *purge)(void *self, const tdk_outbox_request *rq, uint64_t *count,
                              tdk_error *err);
  /* One for each sink that has an event of either state, by name. */
  tdk_status(TDK_CALL *stat)(void *self, const tdk_outbox_stat_sink *sink, const tdk_cancel *cancel,
                             tdk_error *err);
} tdk_outbox;

#ifdef __cplusplus
}
#endif
#endif /* TDK_ABI_OUTBOX_H */
