// What the routes that ask vendors share: their place among each other, who answered when, and their errors.
#pragma once

#include "api/json_writer.hpp"
#include "api/router.hpp"
#include "query/facts_service.hpp"

namespace tapedeck::api {

// A place among the requests that may wait for a vendor, so that those do not take every thread of the server.
// Lifecycle: for as long as the request asks. Failures: HttpError 503, when there is no place, or nobody to ask.
class VendorCall {
 public:
  explicit VendorCall(RouteCall &call);
  FactsService &facts() const noexcept { return facts_; }

 private:
  Counted place_;
  FactsService &facts_;
};

// A vendor's failure in HTTP's terms: 501 what it does not have, 404 what it does not know, 502 what it got wrong.
HttpError vendor_error(const Error &error);

// "source":...,"fetched_at":...,"cached":...,"age_s":...
void write_origin(JsonWriter &json, const std::string &source, Nanos fetched_at, bool cached, Nanos now);
template <class T>
void write_origin(JsonWriter &json, const Fact<T> &fact, Nanos now) {
  write_origin(json, fact.source, fact.fetched_at, fact.cached, now);
}
// The header Age, of an answer that is one fact.
void add_age(RouteCall &call, Nanos fetched_at, Nanos now);

// "error":{"code":...,"message":...,"hint":...}
void write_error(JsonWriter &json, const HttpError &error);

// "1.09500", or null for TDK_NULL_I64.
void write_decimal(JsonWriter &json, std::int64_t mantissa, int exp);

}  // namespace tapedeck::api
