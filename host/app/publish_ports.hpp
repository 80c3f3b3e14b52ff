// What publishing gets of a deployment.
#pragma once

#include "app/session.hpp"
#include "publish/publisher.hpp"

namespace tapedeck {

inline PublishPorts publish_ports(const std::shared_ptr<Session::Deployment> &d) {
  return {std::shared_ptr<const Config>(d, &d->config), [d](const std::string &s) { return d->runtime->open_storage(s); },
          [d](const std::string &s) { return d->runtime->open_outbox(s); },
          [d](const std::string &s) { return d->runtime->open_event_sink(s); }};
}

}  // namespace tapedeck
