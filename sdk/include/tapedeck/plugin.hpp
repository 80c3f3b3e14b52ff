// tapedeck/plugin.hpp - everything a plugin in C++ includes: a class in, the ABI's tables out.
//
// The layer is header-only, C++17 or newer, any standard library. It is compiled INTO the plugin
// (inline, namespace tapedeck::v1, hidden by the SDK's CMake target), so it is no part of the ABI and
// may change between SDK releases. A plugin is a class T with
//   static constexpr tdk_descriptor descriptor     (see tapedeck::describe)
//   T(tapedeck::Host, tapedeck::Config)
// and whichever of the member functions it has; what it does not have is "not supported":
//   provider  info, fetch_candles, fetch_quotes, search_symbols, fetch_calendar, earliest, run_stream
//             with run_stream: static constexpr std::uint64_t stream_capabilities = TDK_CAP_STREAM_...
//   storage   commit, query, coverage, list_series, revisions, remove_before
//             claim_outbox, read_outbox, settle_outbox, replay_outbox, purge_outbox, stat_outbox
//             read_kept_candles, write_kept_candles, tick_symbols, read_kept_quotes (for tapedeck copy)
//   cache     get, set, remove, clear; exchange (budgets that hosts share)
//   event sink  publish
//   draft     inspect (quality)
//   any       health
// and one line at the end of one file: TDK_PLUGINS(T).
// Every function may throw: tapedeck::Error keeps its status, everything else becomes a status.
#pragma once

#include <tapedeck/layer/cache.hpp>
#include <tapedeck/layer/candles.hpp>
#include <tapedeck/layer/connections.hpp>
#include <tapedeck/layer/core.hpp>
#include <tapedeck/layer/drafts.hpp>
#include <tapedeck/layer/eventsink.hpp>
#include <tapedeck/layer/module.hpp>
#include <tapedeck/layer/outbox.hpp>
#include <tapedeck/layer/provider.hpp>
#include <tapedeck/layer/services.hpp>
#include <tapedeck/layer/storage.hpp>
#include <tapedeck/layer/streams.hpp>
#include <tapedeck/layer/transfer.hpp>
#include <tapedeck/layer/writers.hpp>
