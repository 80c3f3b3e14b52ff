// What concerns several parts of a configuration, or several files.
#pragma once

#include <vector>

#include "config/config.hpp"

namespace tapedeck {

// Adds what `more` has to `all`. A name that is taken is a problem that names the first place.
void merge_config(Config &all, Config more, std::vector<Problem> &problems);

// Names of plugins that pipelines use and nobody declares; warnings for plugins that none uses and
// for a configuration without pipelines, unless there are problems already.
void check_links(const Config &config, std::vector<Problem> &problems);

}  // namespace tapedeck
