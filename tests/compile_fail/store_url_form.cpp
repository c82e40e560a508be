// SPDX-License-Identifier: MIT
// A store whose `url_scheme` or `open_url` is in another form.
// expect: es: a store that a URL can name has, public: `static constexpr std::string_view url_scheme =
// expect: static es::Result<S> open_url(std::string_view rest)
// expect: Store
// expect 1: es:
// expect 2: es:
// expect 3: es:
// expect 4: es:
// expect 5: es:
// expect 6: es:
// expect 7: es:
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/url/open_store.hpp>

#include <string>
#include <string_view>

namespace es = eventsourcing;

#if defined(MUST_FAIL) && MUST_FAIL == 1
struct Store : es::MemoryStore {
    std::string_view url_scheme = "mine";
    static es::Result<Store> open_url(std::string_view) { return Store{}; }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 2
struct Store : es::MemoryStore {
    static inline std::string url_scheme = "mine";
    static es::Result<Store> open_url(std::string_view) { return Store{}; }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 3
class Store : public es::MemoryStore {
    static constexpr std::string_view url_scheme = "mine";

public:
    static es::Result<Store> open_url(std::string_view) { return Store{}; }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 4
struct Store : es::MemoryStore {
    static std::string_view url_scheme() { return "mine"; }
    static es::Result<Store> open_url(std::string_view) { return Store{}; }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 5
struct Store : es::MemoryStore {
    static constexpr int url_scheme = 3;
    static es::Result<Store> open_url(std::string_view) { return Store{}; }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 6
struct Store : es::MemoryStore {
    static constexpr std::string_view url_scheme = "mine";
    static es::Result<es::MemoryStore> open_url(std::string_view) { return es::MemoryStore{}; }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 7
struct Store : es::MemoryStore {
    static constexpr std::string_view url_scheme = "mine";
    es::Result<Store> open_url(std::string_view) { return *this; }
};
#else
struct Store : es::MemoryStore {
    static constexpr std::string_view url_scheme = "mine";
    static es::Result<Store> open_url(std::string_view) { return Store{}; }
};
#endif

auto opened = es::open_store<Store>("mine:");
