// Boost.JSON, compiled in: Debian's libboost_json.a is not position-independent, and its shared
// library would bring the system's libstdc++ into the plugin.
#include <boost/json/src.hpp>
