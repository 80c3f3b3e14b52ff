/* tapedeck/abi.h - the Tapedeck plugin ABI, major 1.
 *
 * Pure C99. No dependency but <stddef.h> and <stdint.h>. This file and the parts it
 * includes are the ONLY contract between a host and a plugin: no C++ type, no exception, no
 * allocator, no errno, no FILE*, no varargs, no enum-typed field, no bit-field, no `long`, no `bool`
 * crosses it. An interface whose id says `draft` has not been used by a real plugin yet: it may
 * change, and gets a new id when it is settled.
 *
 * THE FIVE RULES
 * 1 GROWTH     Every struct that may grow starts with `struct_size`, set by the side that fills the
 *              struct in. The other side reads (or writes) a field only if TDK_HAS(ptr, field).
 *              Structs grow at the end only; nothing is ever removed, reordered or given a new
 *              meaning; reserved fields are zero. Arrays of growing structs carry a `stride`, and a
 *              growing struct is never a member of another (only pointed to).
 *              Structs marked FROZEN never change. A change that does not fit is a new interface id
 *              ("tapedeck.provider/2"), offered beside the old one. TDK_ABI_MAJOR never changes for v1.
 * 2 OWNERSHIP  Borrow-only. A pointer argument, and all it reaches, is valid until the call that
 *              received it returns, and no longer. Results are handed over by calling a sink that the
 *              caller lent. Nothing is ever allocated on one side and freed on the other. Only
 *              descriptor/module/interface tables are static: they live as long as the process.
 * 3 ERRORS     Every fallible call returns a tdk_status and fills the caller's tdk_error. No
 *              exception and no longjmp crosses in either direction (sinks and host services too).
 * 4 THREADS    [I] = an instance call: the host never makes two [I] calls on one instance at a time
 *              (any thread, but one after another), unless the descriptor has TDK_PLUGIN_CONCURRENT.
 *              A host that wants parallelism makes more instances. [T] = thread-safe, callable from
 *              any thread at any time, also from inside an [I] call. All host services are [T].
 *              Sinks are called only on the thread of the call that lent them.
 * 5 CANCEL     Blocking calls receive a tdk_cancel. Poll it at least every 100 ms of waiting (or
 *              wait on its fd) and return TDK_CANCELLED / TDK_TIMEOUT promptly. A non-zero return
 *              from a sink means: stop now and return that value.
 *
 * Strings are UTF-8. tdk_str is not NUL-terminated. `const char*` in tables is NUL-terminated.
 * Times are int64 nanoseconds since 1970-01-01T00:00:00Z; ranges are [from, to).
 * Decimals are exact: value = mantissa * 10^exp, one exponent per column and batch.
 */
#ifndef TDK_ABI_H
#define TDK_ABI_H

#include <tapedeck/abi/base.h>
#include <tapedeck/abi/host.h>
#include <tapedeck/abi/http.h>
#include <tapedeck/abi/stream_io.h>
#include <tapedeck/abi/market.h>
#include <tapedeck/abi/provider.h>
#include <tapedeck/abi/outbox.h>
#include <tapedeck/abi/storage.h>
#include <tapedeck/abi/transfer.h>
#include <tapedeck/abi/cache.h>
#include <tapedeck/abi/sharedbudget.h>
#include <tapedeck/abi/quality.h>
#include <tapedeck/abi/eventsink.h>
#include <tapedeck/abi/module.h>

#endif /* TDK_ABI_H */
