// Aliases in a form that would be ignored: a C array, one text, private, a function, no constant.
// expect: shop::Sold
// expect 1: es: `event_type_aliases` is declared in a form that the library does not read; write, public: `static constexpr std::array event_type_aliases
// expect 2: es: `event_type_aliases` is declared in a form that the library does not read; write, public: `static constexpr std::array event_type_aliases
// expect 3: es: `event_type_aliases` is declared in a form that the library does not read; write, public: `static constexpr std::array event_type_aliases
// expect 4: es: `event_type_aliases` is declared in a form that the library does not read; write, public: `static constexpr std::array event_type_aliases
// expect 5: es: `event_type_aliases` is declared in a form that the library does not read; write, public: `static constexpr std::array event_type_aliases
// expect 6: es: `event_type_aliases` is declared in a form that the library does not read; write, public: `static constexpr std::array event_type_aliases
#include <eventsourcing/codec/event_codec.hpp>
#include <eventsourcing/store/encode_batch.hpp>

#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace es = eventsourcing;

namespace shop {
#if defined(MUST_FAIL) && MUST_FAIL == 1
struct Sold {
    static constexpr std::string_view event_type_aliases[] = {"shop.paid"};
    std::string item;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 2
struct Sold {
    static constexpr int event_type_aliases = 1;
    std::string item;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 3
class Sold {
    static constexpr std::array event_type_aliases{std::string_view{"shop.paid"}};

public:
    std::string item;
    static void members(auto& self, auto&& member) { member("item", self.item); }
};
#elif defined(MUST_FAIL) && MUST_FAIL == 4
struct Sold {
    static std::vector<std::string> event_type_aliases() { return {"shop.paid"}; }
    std::string item;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 5
struct Sold {
    static inline std::vector<std::string> event_type_aliases{"shop.paid"};
    std::string item;
};
#elif defined(MUST_FAIL) && MUST_FAIL == 6
struct Sold {
    static constexpr std::array event_type_aliases{1, 2};
    std::string item;
};
#else
struct Sold {
    static constexpr std::array event_type_aliases{std::string_view{"shop.paid"}};
    std::string item;
};
#endif

consteval es::EventFamily event_family(const auto&) {
    return {.name = "shop", .source = "events://example.org/shop"};
}
} // namespace shop

std::string_view type = es::EventTraits<shop::Sold>::event_type;
