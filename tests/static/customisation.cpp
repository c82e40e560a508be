// The members by which an event customises the library, in all forms: what is not read is never
// ignored. What the compiler then says is in tests/compile_fail/*_form.cpp.
#include <eventsourcing/core/event_traits.hpp>

#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace forms {

template <class E>
inline constexpr bool read = eventsourcing::detail::CustomisesInForm<E>;

#define TEXT_IN_ALL_FORMS(name)                                                                    \
    namespace of_##name {                                                                          \
        struct Right {                                                                             \
            static constexpr std::string_view name = "shop.sold";                                  \
        };                                                                                         \
        struct Literal {                                                                           \
            static constexpr const char* name = "shop.sold";                                       \
        };                                                                                         \
        struct Field {                                                                             \
            std::string name;                                                                      \
        };                                                                                         \
        struct Number {                                                                            \
            static constexpr int name = 2;                                                         \
        };                                                                                         \
        class Private {                                                                            \
            static constexpr std::string_view name = "shop.sold";                                  \
        };                                                                                         \
        struct Function {                                                                          \
            std::string_view name() const;                                                         \
        };                                                                                         \
        struct StaticFunction {                                                                    \
            static std::string_view name();                                                        \
        };                                                                                         \
        struct Overloaded {                                                                        \
            std::string_view name() const;                                                         \
            std::string_view name(int) const;                                                      \
        };                                                                                         \
        struct Template {                                                                          \
            template <class T>                                                                     \
            static std::string_view name(T);                                                       \
        };                                                                                         \
        struct Changeable {                                                                        \
            static inline std::string name = "shop.sold";                                          \
        };                                                                                         \
        struct Elsewhere {                                                                         \
            static const std::string_view name;                                                    \
        };                                                                                         \
        struct Type {                                                                              \
            enum class name { sold };                                                              \
        };                                                                                         \
        struct Final final {                                                                       \
            static constexpr int name = 2;                                                         \
        };                                                                                         \
        struct FinalFunction final {                                                               \
            std::string_view name() const;                                                         \
        };                                                                                         \
        static_assert(read<Right> && read<Literal> && read<Field>);                                \
        static_assert(!read<Number> && !read<Private> && !read<Function> &&                        \
                      !read<StaticFunction>);                                                      \
        static_assert(!read<Overloaded> && !read<Template> && !read<Changeable> &&                 \
                      !read<Elsewhere>);                                                           \
        static_assert(!read<Type> && !read<Final> && !read<FinalFunction>);                        \
    }

TEXT_IN_ALL_FORMS(event_type)
TEXT_IN_ALL_FORMS(event_type_version)
TEXT_IN_ALL_FORMS(event_source)

namespace of_aliases {
struct Right {
    static constexpr std::array event_type_aliases{std::string_view{"shop.paid"}};
};
struct Field {
    std::vector<std::string> event_type_aliases;
};
struct CArray {
    static constexpr std::string_view event_type_aliases[] = {"shop.paid"};
};
struct Number {
    static constexpr int event_type_aliases = 1;
};
class Private {
    static constexpr std::array event_type_aliases{std::string_view{"shop.paid"}};
};
struct Function {
    static std::vector<std::string> event_type_aliases();
};
struct Changeable {
    static inline std::vector<std::string> event_type_aliases{"shop.paid"};
};
struct Numbers {
    static constexpr std::array event_type_aliases{1, 2};
};
static_assert(read<Right> && read<Field>);
static_assert(!read<CArray> && !read<Number> && !read<Private> && !read<Function>);
static_assert(!read<Changeable> && !read<Numbers>);
} // namespace of_aliases

// A field `event_tags` is refused, too: what is meant by it is clear.
namespace of_tags {
struct Right {
    std::vector<std::string> event_tags() const;
};
struct Set {
    std::set<std::string_view> event_tags() const;
};
struct NotConst {
    std::vector<std::string> event_tags();
};
class Private {
    std::vector<std::string> event_tags() const;
};
struct Static {
    static std::vector<std::string> event_tags();
};
struct StaticOfEvent {
    static std::vector<std::string> event_tags(const StaticOfEvent& event);
};
struct Optionals {
    std::vector<std::optional<std::string>> event_tags() const;
};
struct One {
    std::string event_tags() const;
};
struct Field {
    std::vector<std::string> event_tags;
};
struct Asking {
    std::vector<std::string> event_tags(int) const;
};
struct Constant {
    static constexpr std::string_view event_tags = "item";
};
static_assert(read<Right> && read<Set>);
static_assert(!read<NotConst> && !read<Private> && !read<Static> && !read<StaticOfEvent>);
static_assert(!read<Optionals> && !read<One> && !read<Field> && !read<Asking> && !read<Constant>);
} // namespace of_tags

} // namespace forms
