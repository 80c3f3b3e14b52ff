// A host whose HTTP service is a vendor that answers CSV minutes for "from=MS&to=MS" in the
// address.
#pragma once

#include <tapedeck/abi.h>

#include <memory>

namespace tapedeck::test {

// Threads: any.
std::shared_ptr<const tdk_host> make_fake_vendor();

}  // namespace tapedeck::test
